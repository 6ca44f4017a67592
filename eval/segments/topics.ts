/** Things, doings and qualities of everyday topics, from which conversations are made up. Known to the generator alone. */
export interface Topic {
  readonly things: readonly string[];
  /** After "I", and after "to". */
  readonly doings: readonly string[];
  readonly qualities: readonly string[];
}

export const topics: readonly Topic[] = [
  topic(
    'sourdough, starter, flour, oven, crust, loaf, dough, rye, bakery, yeast, crumb, proofing basket',
    'knead, bake, proof the dough, feed the starter, slice a loaf, sift',
    'crusty, sour, golden, dense',
  ),
  topic(
    'marathon, running shoes, knee, pace, kilometre, coach, interval session, finish line, blister, stretching, hills',
    'run, train, taper, stretch, jog, race',
    'sore, fast, exhausted, injured',
  ),
  topic(
    'mortgage, bank, interest rate, down payment, solicitor, deed, estate agent, viewing, survey, closing costs, loan',
    'borrow, sign, refinance, bid, view a house, negotiate',
    'fixed, affordable, overpriced, approved',
  ),
  topic(
    'guitar, chord, strings, band, rehearsal, gig, amplifier, drummer, song, melody, setlist, studio',
    'strum, record, tune, rehearse, sing, perform',
    'loud, acoustic, catchy, off key',
  ),
  topic(
    'tomatoes, compost, seedlings, greenhouse, slugs, raised bed, trowel, roses, pruning shears, mulch, bulbs, lawn',
    'plant, weed, water, prune, sow, harvest',
    'ripe, muddy, organic, shady',
  ),
  topic(
    'passport, hostel, Lisbon, tram, backpack, airport, visa, beach, museum, itinerary, ferry, suitcase',
    'pack, fly, book a hostel, wander, travel, sightsee',
    'crowded, sunny, jet-lagged, scenic',
  ),
  topic(
    'database, query, index, migration, server, deployment, bug, pull request, unit test, cache, schema, rollback',
    'deploy, refactor, debug, migrate, merge, benchmark',
    'slow, flaky, deprecated, scalable',
  ),
  topic(
    'puppy, leash, vet, vaccination, kennel, treats, obedience class, tail, fur, walkies, chew toy, breeder',
    'walk the dog, groom, adopt, house-train, fetch, pet',
    'playful, furry, stubborn, loyal',
  ),
  topic(
    'chess, opening, bishop, endgame, tournament, rating, gambit, clock, pawn, opponent, checkmate, club night',
    'castle, attack, resign, blunder, study openings, sacrifice',
    'tactical, drawn, winning, aggressive',
  ),
  topic(
    'wedding, venue, florist, bridesmaids, invitations, caterer, cake tasting, ceremony, rings, guest list, dress, vows',
    'invite, marry, toast, rehearse vows, elope, decorate',
    'romantic, formal, elegant, nervous',
  ),
  topic(
    'thesis, supervisor, chapter, bibliography, deadline, library, viva, footnotes, draft, dissertation, citation, seminar',
    'write, cite, revise, submit, defend, outline',
    'academic, unfinished, peer-reviewed, rigorous',
  ),
  topic(
    'telescope, Jupiter, eclipse, constellation, moons, eyepiece, nebula, star chart, light pollution, comet, galaxy, tripod',
    'observe, stargaze, photograph Saturn, align the mount, focus, log sightings',
    'dim, clear, distant, lunar',
  ),
  topic(
    'toddler, nursery, bedtime, tantrum, nap, pushchair, potty, babysitter, alphabet, playground, lullaby, diapers',
    'soothe, read a bedtime story, swaddle, babyproof, cuddle, wean',
    'cranky, teething, giggly, sleepy',
  ),
  topic(
    'bicycle, chain, brakes, saddle, helmet, puncture, gears, handlebars, pedals, tyre, pump, spokes',
    'pedal, oil the chain, commute, cycle, true the wheel, patch',
    'rusty, lightweight, squeaky, steep',
  ),
  topic(
    'allergy, pollen, inhaler, prescription, pharmacist, clinic, antihistamine, rash, doctor, blood test, symptoms, dosage',
    'sneeze, take tablets, wheeze, see a specialist, recover, diagnose',
    'itchy, chronic, mild, contagious',
  ),
  topic(
    'novel, author, plot twist, paperback, library card, narrator, sequel, bookshop, chapter, protagonist, genre, trilogy',
    'read, reread, underline, review, borrow a novel, skim',
    'gripping, predictable, gothic, bestselling',
  ),
  topic(
    'kitchen tiles, plumber, grout, sink, cabinets, paint, plaster, floorboards, skirting, drill, permit, contractor',
    'renovate, sand, paint, plaster, demolish, install',
    'leaky, dusty, tiled, crooked',
  ),
  topic(
    'salary, promotion, manager, interview, payslip, colleagues, appraisal, job offer, overtime, redundancy, recruiter, notice period',
    'apply, resign, negotiate a raise, commute to the office, quit, onboard',
    'underpaid, remote, senior, burnt out',
  ),
];

function topic(things: string, doings: string, qualities: string): Topic {
  const list = (text: string) => text.split(', ');
  return { things: list(things), doings: list(doings), qualities: list(qualities) };
}
