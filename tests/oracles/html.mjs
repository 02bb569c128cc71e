// node tests/oracles/html.mjs FILE… : every page is valid HTML5 and keeps to what accessibility needs of
// markup (html-validate's standard and a11y rules). Prints each fault with its place; exit 1 if
// there is any.
import { HtmlValidate } from "html-validate";
import { readFileSync } from "node:fs";

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    // Matters of taste that the theme decides otherwise.
    "long-title": "off",
    "no-inline-style": "off",
    "require-sri": "off",
    "tel-non-breaking": "off",
    "no-raw-characters": ["error", { relaxed: true }],
  },
});

let faults = 0;
for (const file of process.argv.slice(2)) {
  const report = await validator.validateString(readFileSync(file, "utf8"), file);
  for (const result of report.results) {
    for (const m of result.messages) {
      faults++;
      console.log(`${file}:${m.line}:${m.column}: ${m.message} [${m.ruleId}]`);
    }
  }
}
process.exit(faults > 0 ? 1 : 0);
