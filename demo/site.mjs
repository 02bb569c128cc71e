// The paper itself: everything in the export that is not a story.
export const site = {
  url: 'https://quaylantern.example', title: 'The Quay Lantern', language: 'en-GB', wp: '6.8.3', exported: '2026-11-02 06:40',
  description: 'News of Hollin Quay, by every available tide', credit: 'Drawing: The Quay Lantern',
};

export const authors = [
  { id: 1, login: 'nightbell', name: 'The Night Bell', email: 'editor@quaylantern.example' },
  { id: 2, login: 'harbourdesk', name: 'Harbour Desk', email: 'harbour@quaylantern.example' },
  { id: 3, login: 'tideclerk', name: 'The Tide Clerk', email: 'tides@quaylantern.example' },
  { id: 4, login: 'auntbarnacle', name: 'Aunt Barnacle', email: 'kitchen@quaylantern.example', first: 'Aunt', last: 'Barnacle' },
  { id: 5, login: 'backbench', name: 'The Back Bench', email: 'townhall@quaylantern.example' },
  { id: 7, login: 'thirdoar', name: 'Third Oar', email: 'sport@quaylantern.example' },
  { id: 8, login: 'lamplighter', name: 'The Lamplighter', email: 'culture@quaylantern.example' },
];

export const categories = [
  { slug: 'harbour', name: 'Harbour', description: 'The water, what floats on it, and what ought to.', items: [
    { slug: 'ferry', name: 'The Ferry', description: 'Departures, arrivals, and the interval between them.' },
    { slug: 'lighthouse', name: 'Light & Foghorn', description: 'The Skerry Light and its louder neighbour.' },
    { slug: 'gulls', name: 'Gulls' } ] },
  { slug: 'town-hall', name: 'Town Hall', description: 'What was decided, what was deferred, and who left before the vote.', items: [
    { slug: 'bylaws', name: 'Bylaws' }, { slug: 'letters', name: 'Letters to the Clerk' } ] },
  { slug: 'weather', name: 'Weather & Tides', description: 'It is coming in.', meta: ['section_colour', '#24636a'] },
  { slug: 'table', name: 'The Table', description: 'Food, drink and what became of it.', items: [
    { slug: 'pudding-prize', name: 'Pudding Prize', description: 'The Hollin Pudding Prize, awarded each November since before the minutes.' } ] },
  { slug: 'culture', name: 'Culture' },
  { slug: 'sport', name: 'Sport', items: [{ slug: 'regatta', name: 'Regatta' }] },
];

export const tags = [
  ['perseverance', 'Perseverance'], ['timetable', 'timetable'], ['the-bull', 'The Bull'], ['new-bulb', 'new bulb', 'Fourteen months, three fittings, one bulb.'], ['gull-14', 'Gull 14'], ['gull-officer', 'Gull Officer'],
  ['deputy-mayor', 'deputy mayor'], ['mayoral-hat', 'the mayoral hat'], ['bollards', 'bollards'], ['custard', 'custard'], ['quay-duff', 'quay duff'], ['chips', 'chips'], ['silver-band', 'Silver Band'], ['library-cat', 'library cat'], ['chapel', 'chapel'],
  ['two-clocks', 'two clocks'], ['the-mole', 'The Mole'], ['little-sele', 'Little Sele'], ['scaldwick', 'Scaldwick', 'The town across the bay. We wish it well.'], ['storms', 'storms'], ['fog', 'fog'], ['low-water', 'low water'], ['lifeboat', 'lifeboat'], ['tea', 'tea'], ['fish-market', 'fish market'],
  ['crane', 'the crane'], ['hollinish', 'Hollinish'], ['long-read', 'long read'], ['obituary', 'obituary'], ['corrections', 'corrections'], ['cafe', 'café'], ['looking-out-to-sea', 'Looking Out to Sea'],
];

export const boats = [
  ['mv-perseverance', 'MV Perseverance', 'Ferry. Built to last, and has.'], ['second-mortgage', 'Second Mortgage'], ['wet-feet', 'Wet Feet'], ['lifeboat-no-2', 'Lifeboat No. 2', 'There is no No. 1. It is a long story.'], ['inevitable', 'Inevitable', 'Scaldwick’s entry.'], ['patient-mackerel', 'Patient Mackerel'],
];

export const guest = {
  login: 'gull-officer', title: 'The Gull Officer', email: 'gulls@quaylantern.example', date: '2021-02-01 10:00',
  bio: 'Counts gulls for the town and, since 2021, writes about it when the gulls permit.',
};

const S = [['medium', 300, 200], ['large', 1024, 683], ['thumbnail', 150, 150]];
export const pictures = {
  ferry: { date: '2019-03-02 09:00', file: 'ferry', title: 'The Perseverance under way', sizes: S, share: true, alt: 'A stout ferry named Perseverance puffs across the bay while a snail on a plank draws level with her.', caption: 'The *Perseverance* on a good day, and a rival.' },
  'harbour-dusk': { date: '2019-03-02 09:20', file: 'harbour-dusk', title: 'Hollin Quay at dusk', alt: 'Rows of coloured houses with lit windows above a harbour at sunset, a yellow fishing boat below with a gull on its roof.', caption: 'Hollin Quay at dusk, when it looks its best and can be seen least.' },
  gulls: { date: '2019-06-11 11:00', file: 'gulls', title: 'Gulls on the promenade rail', share: true, alt: 'Four stern gulls on a red railing; the largest has a chip in its beak. A sign says: Do not feed the gulls.', caption: 'The notice has been read and understood.' },
  regatta: { date: '2019-08-12 10:00', file: 'regatta', title: 'The regatta', alt: 'Small sailing boats race across the bay; number 4 has begun to go over and its sailor waves from a life ring.', caption: 'Number 4, seen here pursuing a different strategy.' },
  pudding: { date: '2019-11-16 16:00', file: 'pudding', title: 'A winning pudding', alt: 'A steaming domed pudding under poured custard with a cherry on top, beside a first-prize rosette and a spoon.', caption: 'Custard was applied after judging, under supervision.' },
  lighthouse: { date: '2020-01-15 17:00', file: 'lighthouse', title: 'The Skerry Light', sizes: S, alt: 'A red-banded lighthouse throws its yellow beam across a night sea towards a crescent moon.', caption: 'The Skerry Light under its old bulb, the colour of butter.' },
  storm: { date: '2020-02-20 08:00', file: 'storm', title: 'Over the Mole', alt: 'A great curling wave rears over a sea wall where a figure in yellow oilskins holds a blown-out umbrella; a tricorne hat sails off with a gull on it while another gull looks on.', caption: 'The Mole on the morning of the seventeenth. The hat was not recovered.' },
  foghorn: { date: '2020-10-03 12:00', file: 'foghorn', title: 'The Bull', share: true, alt: 'An enormous red foghorn blares rings of sound; gulls tumble away and a resident in front covers both ears.', caption: 'The Bull, from the landward side, which is the side that complains.' },
  fog: { date: '2021-01-12 08:30', file: 'fog', title: 'Fog over the outer harbour', alt: 'Layers of pale fog hide all of the bay but a lighthouse lamp, a small boat and one gull on a post.', caption: 'Visibility: one gull.' },
  'tide-chart': { date: '2021-04-06 09:00', file: 'tide-chart', title: 'Tide chart', alt: 'A chart of the week’s tides with a boat at high water marked A, low water marked B and, far from the curve, the ferry marked C. A mug has left a ring.', caption: 'The week’s tides. The brown ring is not a feature.' },
  bench: { date: '2021-06-20 21:00', file: 'bench', title: 'The Society in session', alt: 'Three people and a gull on a bench, seen from behind, look at a red sun going down over the sea.', caption: 'The Society for Looking Out to Sea in ordinary session.' },
  'library-cat': { date: '2021-09-14 15:00', file: 'library-cat', title: 'Overdue', alt: 'A ginger cat sleeps on three large books in a library; beside it stand a mug of tea and a card saying Overdue.', caption: 'Overdue, at work.' },
  bollards: { date: '2022-02-03 10:00', file: 'bollards', title: 'The bollard count', alt: 'An official with a clipboard stands by a row of numbered bollards, looking at the gap where number four should be.', caption: 'Numbers one to six, as far as could be established.' },
  nets: { date: '2022-05-09 07:00', file: 'nets', title: 'Nets drying on the Fish Steps', alt: 'Nets with coloured floats hang above three lobster pots; a gull stares at the crab in the middle one, which has its claws up.', caption: 'Negotiations on the Fish Steps.' },
  chips: { date: '2022-07-21 18:00', file: 'chips', title: 'A cone of chips', alt: 'A towering striped cone of chips watched closely by two gulls and overflown by a third.', caption: 'A medium cone from the Battery, with its usual company.' },
  clock: { date: '2022-10-30 12:00', file: 'clock', title: 'The Two Clocks', alt: 'A brick tower with two clock faces showing different times, one marked Chapel and one marked Harbour, and a puzzled person on each side.', caption: 'Both are correct, according to their owners.' },
  bulb: { date: '2023-02-14 13:00', file: 'bulb', title: 'The new bulb', alt: 'A huge glowing light bulb admired by three moths; a luggage label on it says: Fragile, wrong fitting.', caption: 'The bulb on arrival. Readers are referred to the label.' },
  crane: { date: '2023-05-18 11:00', file: 'crane', title: 'The Coal Wharf crane', alt: 'A red dockside crane swings a piano with a gull on it out over the water while two people on the wharf wave.', caption: 'The crane’s last lift, and the piano’s first.' },
  'market-stall': { date: '2023-09-02 10:00', file: 'market-stall', title: 'Saturday market', alt: 'A fish stall with a striped awning, a sign saying Fish and Regrets, and a gull at either end of the counter, waiting.', caption: 'The market at ten past nine, before the gulls made their offer.' },
  bandstand: { date: '2024-06-01 15:00', file: 'bandstand', title: 'The Silver Band', alt: 'A brass band of five plays in a red-roofed bandstand; the audience in deckchairs is joined by a gull standing in the front.', caption: 'The Hollin Silver Band. Admission is free and leaving is discouraged.' },
  chapel: { date: '2024-12-20 14:00', file: 'chapel', title: 'Chapel Hill', alt: 'A white chapel on a green hill above the sea with a gull on its steeple and five sheep on the path.', caption: 'Chapel Hill, with most of the congregation.' },
  kettle: { date: '2025-03-11 16:00', file: 'kettle', title: 'The lifeboat kettle', alt: 'A large yellow kettle labelled Crew Only steams on a boathouse shelf between mugs, a lifebuoy and a tea rota.', caption: 'The kettle in the boathouse. It holds nineteen mugs and one grudge.' },
  'town-map': { date: '2025-07-01 09:00', file: 'town-map', title: 'Map of Hollin Quay', share: true, alt: 'A drawn map of Hollin Quay with the chapel, the Mole, the Skerry Light and Little Sele, and a dotted ferry route that loops three times.', caption: 'The town and its approaches. The ferry’s route is approximate.' },
  horn: { date: '2024-06-18 12:00', file: 'foghorn-b-flat.wav', mime: 'audio/wav', title: 'The Bull, B flat and grunt', alt: '', caption: 'The Bull, recorded from the bandstand: one note, and the remark that follows it.', credit: 'Recording: The Quay Lantern' },
};
// Flat drawings are smallest as PNG; a few are JPEG so that both kinds are in the export.
for (const [k, p] of Object.entries(pictures)) if (!p.file.includes('.')) p.file += ['ferry', 'bench', 'fog', 'chapel'].includes(k) ? '.jpg' : '.png';

const b = (t) => t.trim();
export const pages = [
  { slug: 'about', title: 'About', by: 'nightbell', date: '2019-03-01 12:00', modified: '2025-01-06 10:10', order: 1, body: b(`
*The Quay Lantern* has reported the affairs of Hollin Quay since the week after the last paper stopped. It is written by people with other jobs, above the chandler’s, in a room with one good chair.

## How we work

We print what we have seen, what we have been told by two people who do not speak to each other, and the tides. Our writers use pen names, because the town has four thousand people and one queue at the bakery.

- **The Night Bell** edits, and locks up.
- **Harbour Desk** watches the ferry, the light, the horn and the gulls.
- **The Tide Clerk** is responsible for the weather, and accepts apologies.
- **The Back Bench** sits through the council so that nobody else need.
- **Aunt Barnacle** eats.
- **Third Oar** rows, badly, and writes about people who row.
- **The Lamplighter** goes to concerts.

When we are wrong we say so, on the same page and in the same size of type. See also [our policy on gulls](@page:about/gull-policy).

!img town-map`) },
  { slug: 'contact', title: 'Contact', by: 'nightbell', date: '2019-03-01 12:10', order: 2, body: b(`
Write to [letters@quaylantern.example](mailto:letters@quaylantern.example). Letters may be shortened, and those about the foghorn will be.

Or call at the office, up the outside stair behind the chandler’s, on Tuesdays. Please do not ring the bell: it is the lifeboat’s.

!table
What | Where
Corrections | corrections@quaylantern.example
Tides disputed | tides@quaylantern.example
Puddings | Leave them on the stair`) },
  { slug: 'privacy', title: 'Privacy', by: 'nightbell', date: '2019-03-01 12:20', modified: '2024-05-24 09:00', order: 3, body: b(`
This site sets no cookies and follows nobody. In a town of this size it would be redundant.

If you leave a comment we keep the name and address you gave with it. If you ask us to remove it, we shall; the person you were rude about will, however, remember.`) },
  { slug: 'gull-policy', title: 'Our policy on gulls', parent: 'about', by: 'harbourdesk', date: '2021-03-04 15:30', order: 1, body: b(`
1. Gulls are reported by number, as issued by the Gull Officer, and not by reputation.
2. A gull is entitled to reply. So far all replies have been of one kind.
3. We do not describe a gull as “cheeky”. A gull is at work.`) },
  { slug: 'compositors-proof', title: 'The compositor’s proof', parent: 'about', by: 'nightbell', date: '2024-01-08 09:30', order: 2, body: b(`
Before each new year the compositor sets one page with everything in the cases on it, to see what the mice have had. It is not news. It is kept here because [readers](mailto:letters@quaylantern.example) ask for it, and because *nobody* may say that we cannot set an ampersand: Bilge & Candle, £7, “quoted”, 6.58 p.m., **bold as the harbour master**, and *as thin as his excuse*.[^The ampersand is from the fount of the paper before last. It leans.^]

## A heading of the second size

A paragraph follows it, of ordinary length, so that the eye may judge whether sixty or seventy letters to the line are enough for a town that reads on the ferry, standing, in a swell.[^They are.^]

### A heading of the third

- A list, as used for motions.
- It may have an item long enough to turn the corner, in which case the second line hangs under the first and not under the dot, whatever the apprentice says.
- And an end.

1. A list with numbers, as used for grievances.
2. The second grievance is the same as the first.

!html
<h4>A heading of the fourth, for bylaws</h4>
<dl><dt>Slack water</dt><dd>When the tide has not made up its mind.</dd><dt>Founder, to</dt><dd>What a ferry does when it has.</dd></dl>

> A quotation is set in from the margin, and has a rule beside it, so that nobody thinks we said it.
> It may go on.
> — The Back Bench, in the lobby

!pull A line that sells the paper is taken out and set large. | The Night Bell

Beside the large line the text goes on as if nothing had been said. This takes a paragraph of some length, for which the compositor has used the same words every year since the first, and will use them again: the tide comes in, the tide goes out, the clerk writes it down, and the ferry is late for both of them.

!img harbour-dusk | A picture, with what it shows, and who made it.

!gallery bollards nets chips crane

!table
Boat | Wind | Out | In | Lost overboard | Remarks by the skipper
Perseverance | 4 | 8.10 | 9.55 | 1 hat | None that we can print
Patient Mackerel | 4 | 9.00 | – | 2 oars | “It is a race, not a timetable”
Second Mortgage | 5 | 9.02 | 11.48 | – | Paid off
= Six columns, which is more than a telephone has room for. It may be pushed sideways.

!code
if (tide > mole) {
    ring(bell); /* and stand clear of the <rope> */
}

!html
<p>At the desk one presses <kbd>Ctrl</kbd> + <kbd>B</kbd>, types <code>bold</code>, and regrets it. H<sub>2</sub>O is wet, and 10<sup>3</sup> gulls are a thousand. We have <del>never</del> <ins>seldom</ins> been wrong; <mark>this line is marked</mark>; <abbr title="Hollin Quay">HQ</abbr> is short for us, <small>and this is the small print</small>.</p>

!verse
The verse is set as it was sung,
    with the second line in,
and the third one out again.

---

!columns
Larboard | What stands on the left stands on the left, and is read first.
Starboard | What stands on the right is the other matter, and is read by those who are still here.

!also one-clock-goes-back

!embed https://harbour-tube.example/watch/1846 | A moving picture, which we do not fetch unless it is asked for.

!audio horn

!details Why is there a fold here?
Because the page was longer than the frame. What is inside may be skipped, and usually is.

!button Read the café instead | @closed-for-lunch`) },
];

export const menu = { slug: 'main-navigation', name: 'Main navigation', date: '2024-05-02 11:00', items: [
  { label: 'Front page', url: 'https://quaylantern.example/' },
  { cat: 'harbour', items: [{ cat: 'ferry' }, { cat: 'lighthouse' }, { cat: 'gulls' }] },
  { cat: 'town-hall' }, { cat: 'weather' }, { cat: 'table', items: [{ cat: 'pudding-prize' }] }, { cat: 'culture' }, { cat: 'sport', label: 'Sport & Regatta' },
  { page: 'about', items: [{ page: 'gull-policy', label: 'Gulls' }] }, { page: 'contact' },
  { label: 'Scaldwick Intelligencer', url: 'https://scaldwick-intelligencer.example/', target: '_blank' },
] };

// Held: approved 0. Replies name the comment they answer by its key.
export const comments = {
  'perseverance-arrives-on-time': [
    { key: 'a', author: 'Fore Street', email: 'forestreet@quaylantern.example', date: '2022-03-14 13:52', text: 'My kitchen is an hour out and the cat has been fed twice.' },
    { re: 'a', key: 'b', user: 'harbourdesk', date: '2022-03-14 14:10', text: 'We understand the ferry office is keeping a list.' },
    { re: 'b', author: 'The cat', email: 'cat@quaylantern.example', date: '2022-03-14 14:31', text: 'No complaints here.' },
    { author: 'An islander', email: 'islander@quaylantern.example', date: '2022-03-15 18:20', text: 'We waited till ten to be on the safe side.\n\nThen we went home.' },
    { approved: 0, author: 'Cheap Punctual Ferries', email: 'deals@punctual.example', url: 'https://punctual.example/', date: '2022-03-16 03:14', text: 'Amazing post!! Is YOUR ferry late? <a href="https://punctual.example/">Click here</a> for ferries.' },
  ],
  'the-bull-in-b-flat': [
    { author: 'Number 9', email: 'number9@quaylantern.example', date: '2020-10-03 09:30', text: 'It is not “a little under”. I have perfect pitch and no choice.' },
    { author: 'A Leaguer', email: 'league@quaylantern.example', date: '2020-10-03 20:11', text: 'The tie is available in two widths.' },
  ],
  'custard-is-not-a-pudding': [
    { key: 'j', author: 'The Sele Road', email: 'seleroad@quaylantern.example', date: '2019-11-17 13:02', text: 'It <em>was</em> a pudding when it left the house.' },
    { re: 'j', user: 'auntbarnacle', date: '2019-11-17 15:45', text: 'I had three helpings and I am not going to argue.' },
  ],
  'the-band-and-the-bull': [
    { author: 'Third cornet', email: 'cornet@quaylantern.example', date: '2024-06-18 16:40', text: 'I am sixteen now. Otherwise correct.', meta: ['lantern_reader_badge', 'band'] },
    { author: 'A Leaguer', email: 'league@quaylantern.example', date: '2024-06-19 08:02', text: 'It was me who said “Hmph”. I have had some very nice letters.' },
  ],
  'gull-14-takes-the-chain': [
    { author: 'A man with a flask', email: 'flask@quaylantern.example', date: '2024-09-09 13:30', text: 'I stand by it.' },
  ],
  'quay-duff-a-recipe': [
    { author: 'First time', email: 'firsttime@quaylantern.example', date: '2025-04-27 19:21', text: 'Hour four was exactly as described.' },
  ],
  'correction-gull-14': [
    { author: 'The poet', email: 'poet@quaylantern.example', date: '2026-06-03 11:15', text: '“Wing” and “everything” rhyme perfectly well where I come from.' },
    { author: 'Fish Steps', email: 'fishsteps@quaylantern.example', date: '2026-06-03 12:50', text: '608.' },
  ],
  'the-last-crossing': [
    { author: 'A mackintosh', email: 'mackintosh@quaylantern.example', date: '2026-09-29 17:05', text: 'We were not late.' },
    { author: 'Mathematics (retired)', email: 'deckchair@quaylantern.example', date: '2026-09-30 07:55', text: 'I withdraw the word “random”. I had not thought to put the corner in the model.' },
  ],
};
