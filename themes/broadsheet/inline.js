/* Remembers whether the reader wants light or dark. Stands in every page beside the switch, so that
 * the page is painted once. Without it the switch works, but forgets. */
{
const radios = document.getElementsByName("scheme");
const recall = () => {
try {
document.getElementById("scheme-" + (localStorage.scheme ?? "auto")).checked = true;
} catch {}
};
for (const radio of radios) radio.onchange = () => {
try {
localStorage.scheme = radio.value;
} catch {}
};
onstorage = onpageshow = recall;
recall();
}
