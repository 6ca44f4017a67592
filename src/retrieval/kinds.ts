import type { Analyzer } from '../memory/analyzer.ts';
import { type Cue, inverseFrequency } from './cue.ts';
import { spreadPostings, type TermGroup } from './lexical.ts';
import type { WorkingSet } from './working-set.ts';

/**
 * Words of a kind: who asks for a hobby, an instrument or a relative is answered by a note that names one. Each
 * kind named in the cue becomes one group of terms that count alike. A group is as telling as the number of
 * notes that have any of its words lets it be. English only; it finds nothing in other languages and costs nothing.
 */
export function newKinds(analyzer: Analyzer): Kinds {
  const byHead = new Map<string, string[][]>();
  for (const line of everydayKinds.trim().split('\n')) {
    const [heads = '', members = ''] = line.split('>');
    const stems = [...new Set(analyzer.stems(members))];
    for (const head of new Set(analyzer.stems(heads))) byHead.set(head, [...(byHead.get(head) ?? []), stems]);
  }
  return {
    groupsOf(set, cue) {
      const asked = new Set(cue.terms.map(({ stem }) => stem));
      const groups: TermGroup[] = [];
      for (const { stem, weight } of cue.terms) {
        const kinds = weight < 1 ? undefined : byHead.get(stem);
        if (kinds === undefined || groups.length === kindsMax) continue;
        const members = new Set(kinds.flat().filter((member) => !asked.has(member)));
        const terms = [...members].map((member) => set.termId(member)).filter((term) => term >= 0);
        const having = terms.reduce((sum, term) => sum + set.text.noteFrequency(term), 0);
        // A kind that is everywhere tells nothing, and costs most.
        if (terms.length === 0 || having > spreadPostings) continue;
        groups.push({ terms, weight: 1, idf: inverseFrequency(set.liveNotes, having), having });
      }
      return groups;
    },
  };
}

export interface Kinds {
  /** The kinds that a cue names, without the words that are in the cue anyway. */
  groupsOf(set: WorkingSet, cue: Cue): readonly TermGroup[];
}

/** A question names few kinds; a pasted page would name them all. */
const kindsMax = 6;

/** Words that ask for a kind, then words of that kind. */
const everydayKinds = `
activity hobby pastime fun leisure interest > paint draw pottery hike camp swim run jog read cook bake garden dance yoga guitar piano violin sing knit fish climb surf ski skate cycle bike chess puzzle game photography film movie volunteer workout gym soccer basketball tennis
sport exercise fitness athletic > run soccer football basketball baseball tennis golf swim gym workout yoga boxing karate hike cycle bike marathon race surf ski skate climb volleyball hockey training
family relative parent > mother mom father dad son daughter kid child children brother sister husband wife uncle aunt grandma grandmother grandpa grandfather cousin niece nephew sibling baby
pet animal > dog puppy cat kitten bird parrot rabbit bunny hamster turtle fish lizard snake horse
food dish meal cuisine eat snack > pasta pizza salad soup chicken beef salmon rice bread sandwich taco sushi curry steak burger vegetable fruit breakfast lunch dinner roast barbecue lasagna
dessert sweet bake treat > cake cookie pie cobbler ice cream chocolate brownie cupcake pudding muffin pastry tart
drink beverage > coffee tea juice wine beer smoothie cocktail soda water latte milk
music musical artist band > song concert album singer guitar piano violin clarinet drum jazz rock pop classical orchestra festival playlist tune
instrument > guitar piano violin clarinet drum flute cello saxophone trumpet ukulele keyboard bass
book novel literature > read author fiction fantasy story mystery memoir biography series library bookstore chapter poetry
movie film show watch > cinema series episode trilogy actor director comedy drama horror documentary thriller
game gaming > video console playstation tournament chess board puzzle multiplayer strategy
art artwork artistic creative craft > paint draw sculpture sketch pottery canvas abstract portrait mural photography watercolor clay
job career profession work occupation employment > engineer teacher nurse doctor lawyer manager developer designer writer artist counselor banker chef salesman consultant intern hire fire promotion boss office company
education degree study school college university major > class course student graduate diploma bachelor master exam professor thesis campus science business engineering psychology
place location city country travel trip vacation visit > beach mountain lake forest park island paris rome london tokyo spain italy france england japan canada mexico europe coast flight hotel road
health medical condition illness injury > doctor hospital surgery sick pain allergy allergic asthma diagnosis medicine ankle knee back heart therapy sprain broke
feeling emotion feel felt reaction mood > happy sad excited proud nervous scared anxious grateful thankful stressed relieved lonely upset angry amazed
stress destress relax unwind relaxation cope > calm peace therapy escape meditation yoga breathe soothing walk
relationship status date partner romantic > single married husband wife boyfriend girlfriend divorce breakup engaged fiance wedding
identity gender orientation > transgender trans woman man gay lesbian bisexual queer nonbinary transition
event celebration occasion attend > party wedding birthday concert parade festival conference workshop meeting fair show competition ceremony gala reunion race fundraiser
community volunteer charity cause > shelter homeless donate fundraiser church mentor nonprofit
gift present receive > necklace ring bracelet card flower book toy surprise birthday
purchase buy bought item shopping > new shoe dress jacket car phone laptop store order
vehicle transport drive > car bike bus train truck motorcycle scooter van
home house live residence apartment > move rent landlord neighborhood room kitchen backyard garden lease
money financial finance budget cost price spend > salary loan mortgage debt save dollar pay bill raise bank investment
goal plan dream aspiration future > want hope achieve someday open start build become save
personality trait describe character attribute > kind thoughtful caring brave passionate creative honest loyal determined funny
belief religion religious faith spiritual > church god pray prayer bible service bless
politics political > liberal conservative right vote campaign office election policy
nature outdoor outside > hike park forest mountain lake sunset beach camp trail waterfall star garden
weather season > rain snow sunny storm winter summer spring fall cold hot
color colour > red blue green yellow purple pink black white orange
symbol symbolize represent > flag necklace cross heart stand reminder meaning eagle
hometown country origin root native > home move born grew homeland
setback challenge struggle difficulty problem obstacle > hurt injury lost fail reject tough hard broke quit fire
achievement success accomplishment proud > won award first promotion graduate publish finish record medal trophy
device technology gadget electronics > phone laptop computer tablet camera headphone console
clothing clothes outfit fashion wear > dress shirt jacket shoe hoodie hat jeans boutique sweater
martial > karate kickboxing taekwondo judo boxing
write writing writer > book screenplay script poem poetry blog journal essay story novel article
`;
