import type { Random } from './random.ts';

const firstNames =
  'Adela Bruno Celia Darius Elna Fabian Greta Hugo Ines Jonas Katya Leif Mira Nils Odette Pavel Quinn Rosa Stellan Tamsin Ulric Vera Willem Xenia Yusuf Zelda Anselm Brigid Cosmo Delphine'.split(
    ' ',
  );
const lastNames =
  'Abernathy Bellweather Corvane Dunmore Eastlake Farrow Grantham Hollis Ingersoll Jessop Kestrel Lindqvist Marlowe Norwood Okafor Pemberton Quayle Ravenel Sorensen Thackeray Umber Vasquez Whitlock Yarrow Zimmer'.split(
    ' ',
  );
const starts = 'Bel Cor Dra El Fen Gal Hol Ist Jar Kel Lor Mon Nar Ost Pel Quer Ros Sal Tor Ul Ver Wes Yel Zan'.split(
  ' ',
);
const ends = {
  city: ['burg', 'ford', 'haven', 'mouth', 'stead', 'ville', 'port', 'minster'],
  country: ['avia', 'onia', 'istan', 'land', 'ora', 'esia'],
};
const trades = ['Systems', 'Motors', 'Foods', 'Press', 'Airlines', 'Labs', 'Textiles', 'Energy'];
const workNouns = [
  'Lantern',
  'Orchard',
  'Harbour',
  'Winter',
  'Mirror',
  'Cathedral',
  'Comet',
  'Garden',
  'Ledger',
  'Lighthouse',
];
const workWords = [
  'Silent',
  'Crimson',
  'Last',
  'Hidden',
  'Broken',
  'Northern',
  'Glass',
  'Forgotten',
  'Paper',
  'Second',
];

/** Invented names, none twice. */
export interface Namer {
  readonly person: () => string;
  readonly city: () => string;
  readonly country: () => string;
  readonly company: () => string;
  readonly work: () => string;
}

export function newNamer(random: Random): Namer {
  const used = new Set<string>();
  const fresh = (make: (attempt: number) => string) => (): string => {
    for (let attempt = 0; ; attempt += 1) {
      const name = make(attempt);
      if (used.has(name)) continue;
      used.add(name);
      return name;
    }
  };
  const middle = (attempt: number): string =>
    attempt < 8
      ? ''
      : `${random.pick(starts)}`.toLowerCase() +
        (attempt > 60 ? random.pick(['a', 'e', 'i', 'o']) + random.pick(starts).toLowerCase() : '');
  return {
    person: fresh(
      (attempt) =>
        `${random.pick(firstNames)} ${attempt < 8 ? '' : `${random.pick(starts)}${attempt > 60 ? random.pick(starts).toLowerCase() : ''} `}${random.pick(lastNames)}`,
    ),
    city: fresh((attempt) => `${random.pick(starts)}${middle(attempt)}${random.pick(ends.city)}`),
    country: fresh((attempt) => `${random.pick(starts)}${middle(attempt)}${random.pick(ends.country)}`),
    company: fresh(
      (attempt) =>
        `${random.pick(starts)}${middle(attempt)}${random.pick(['dyne', 'tex', 'co', 'wick'])} ${random.pick(trades)}`,
    ),
    work: fresh(
      (attempt) =>
        `The ${random.pick(workWords)} ${random.pick(workNouns)}${attempt < 8 ? '' : ` of ${random.pick(starts)}${middle(attempt)}${random.pick(ends.city)}`}`,
    ),
  };
}
