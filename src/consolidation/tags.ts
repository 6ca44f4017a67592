import type { Analyzer } from '../memory/analyzer.ts';
import { limits } from '../memory/limits.ts';
import type { StemStatistics } from './keywords.ts';

/**
 * What a text is about, from a small vocabulary, nearest first. A tag's centroid is the mean of its seed words, and a
 * text is as near to it as the cosine of their stems, those of the text weighing idf:
 *
 *   nearness(tag) = Σ over stems in both  idf / (√Σ idf² · √(seed stems))
 *
 * Tags nearer than .05 count, if two of their words are there or one that is a sixth of the text: in a long text single words of any field
 * turn up by chance. The seed words were written for this file: fields of everyday life and work, and
 * for each the words that people use in it and not elsewhere. They come from no data set.
 * Pure. Cost: O(stems).
 */
export function tagsOf(
  stems: readonly string[],
  { notes, having }: StemStatistics,
  analyzer: Analyzer,
): readonly string[] {
  const { tagsByStem, sizes } = centroidsFor(analyzer);
  const distinct = new Set(stems);
  const nearness = new Map<string, { sum: number; words: number }>();
  let square = 0;
  for (const stem of distinct) {
    const idf = Math.log(1 + (notes + 1) / (having(stem) + 1));
    square += idf * idf;
    for (const tag of tagsByStem.get(stem) ?? []) {
      const { sum, words } = nearness.get(tag) ?? { sum: 0, words: 0 };
      nearness.set(tag, { sum: sum + idf, words: words + 1 });
    }
  }
  return [...nearness]
    .filter(([, { words }]) => words >= wordsTelling || words * lonelyShare >= distinct.size)
    .map(([tag, { sum }]) => ({ tag, near: sum / Math.sqrt(square * (sizes.get(tag) ?? 1)) }))
    .filter(({ near }) => near >= nearMin)
    .sort((a, b) => b.near - a.near || (a.tag < b.tag ? -1 : 1))
    .slice(0, limits.tagsByRules)
    .map(({ tag }) => tag);
}

const nearMin = 0.05;
const wordsTelling = 2;
const lonelyShare = 6;

interface Centroids {
  readonly tagsByStem: ReadonlyMap<string, readonly string[]>;
  readonly sizes: ReadonlyMap<string, number>;
}

const made = new WeakMap<Analyzer, Centroids>();

function centroidsFor(analyzer: Analyzer): Centroids {
  const known = made.get(analyzer);
  if (known !== undefined) return known;
  const tagsByStem = new Map<string, string[]>();
  const sizes = new Map<string, number>();
  for (const [tag, words] of Object.entries(seeds)) {
    const stems = new Set(
      words
        .trim()
        .split(/\s+/)
        .flatMap((word) => analyzer.stems(word)),
    );
    sizes.set(tag, stems.size);
    for (const stem of stems) tagsByStem.set(stem, [...(tagsByStem.get(stem) ?? []), tag]);
  }
  const centroids = { tagsByStem, sizes };
  made.set(analyzer, centroids);
  return centroids;
}

/** The controlled vocabulary. A field needs words of its own; a word may stand in two. */
const seeds: Readonly<Record<string, string>> = {
  travel: `trip travel flight airport hotel vacation holiday journey passport luggage suitcase itinerary tour tourist beach
    sightseeing abroad train cruise visa hostel roadtrip camping destination`,
  work: `job work office boss manager colleague coworker career salary interview promotion meeting client project deadline
    employer company hired resign shift resume overtime team presentation business`,
  health: `doctor hospital health medicine pain therapy therapist surgery illness sick allergy allergic symptom diagnosis
    clinic nurse medication sleep stress anxiety injury injured fever recovery dentist`,
  family: `mother father mom dad sister brother son daughter parents family wife husband kids children grandmother
    grandfather grandma grandpa cousin aunt uncle niece nephew baby`,
  friends: `friend friendship buddy roommate neighbor neighbour party hangout reunion gathering guest invite invitation
    catchup companion pal mate meetup barbecue picnic celebrate`,
  love: `girlfriend boyfriend dating date wedding married marry marriage engaged engagement fiance anniversary romantic
    divorce breakup partner proposal honeymoon relationship spouse bride groom`,
  food: `food cook cooking recipe dinner lunch breakfast restaurant meal bake baking cake pizza coffee tea vegetable fruit
    kitchen chef taste delicious dessert vegetarian vegan chocolate soup`,
  money: `money budget price cost pay payment bank loan debt savings invest investment tax rent mortgage salary expense
    insurance credit income dollar euro stock fund account`,
  home: `house home apartment room kitchen garden furniture move moving rent landlord neighborhood renovation repair paint
    sofa bedroom bathroom roof decorate cleaning lease yard`,
  study: `school university college study exam class course teacher professor student homework degree lecture thesis lesson
    semester campus graduate graduation tuition scholarship math essay grade`,
  sport: `sport football soccer basketball tennis run running marathon gym training coach team match swim swimming yoga
    workout hike hiking climb climbing cycling race champion tournament`,
  music: `music song band concert guitar piano album singer sing violin drum melody playlist jazz rock orchestra rehearsal
    lyrics festival instrument choir vinyl musician`,
  art: `art paint painting draw drawing sculpture museum gallery artist sketch pottery photography photo craft canvas
    exhibition watercolor design creative portrait ceramic camera`,
  books: `book read reading novel author library chapter poem poetry writer fiction biography bookstore literature paperback
    memoir fantasy publisher manuscript bookshop`,
  film: `movie film cinema series episode actor actress director watch streaming show television documentary thriller
    comedy scene trailer theater theatre sequel`,
  games: `game gaming gamer player console chess puzzle boardgame quest multiplayer xbox playstation nintendo level
    tournament strategy dice card score`,
  pets: `dog cat puppy kitten pet vet leash paw rabbit hamster parrot aquarium fish breed adopt shelter fur walk bark bird
    horse`,
  nature: `nature forest mountain lake river park tree flower plant garden animal wildlife sunset ocean sky weather rain
    snow trail waterfall bird hill valley`,
  technology: `computer software code programming app phone laptop website internet server database bug algorithm python
    javascript device robot update api deploy version digital`,
  shopping: `shop shopping store purchase order delivery discount sale gift present brand clothes shoes dress
    jacket return receipt online mall market`,
  transport: `car drive driving bus train bike bicycle motorcycle traffic license garage fuel engine parking commute tire
    road subway scooter vehicle mechanic`,
  belief: `church prayer pray faith god religion religious temple mosque meditation spiritual bible priest ritual blessing
    buddhist christian muslim worship`,
  community: `volunteer charity community donate donation fundraiser activism protest homeless shelter campaign
    nonprofit advocacy mentor pride equality council election petition citizen rally`,
  plans: `plan planning schedule calendar appointment reminder deadline upcoming intend arrange organize booking
    reservation resolution milestone agenda rsvp reschedule postpone`,
};
