import { type Html, html } from './html.ts';
import { categoryLabel, type Run, type RunQuestion, recallAt10 } from './run-file.ts';

/** The questions that found none of their evidence among the first ten hits: what was wanted, what came, and why. */
export function hardList(run: Run): Html {
  const hard = run.questions.filter((question) => recallAt10(question) === 0);
  if (run.questions.length === 0) {
    return html`<p class="soft">${run.name} holds no questions: run it with --out and give that file.</p>`;
  }
  return html`<p class="soft">${run.name}: ${hard.length} of ${run.questions.length} questions found none of their evidence among the first ten hits.</p>
${hard.map(hardQuestion)}`;
}

function hardQuestion(question: RunQuestion): Html {
  const { explained, category, gold } = question;
  return html`<details><summary>${question.question}<small>${categoryLabel(category)}, ${foundAt(question)}</small></summary>
<div class="hard"><h4>wanted</h4>
${explained === undefined ? html`<p><span class="turn">${gold.join(', ')}</span></p>` : html`<ul>${explained.evidence.map(({ turn, text }) => html`<li><span class="turn">${turn}</span>${text}</li>`)}</ul>`}
<h4>returned</h4>
${
  explained === undefined
    ? html`<p><span class="turn">${question.ranked.slice(0, 10).join(', ') || 'nothing'}</span></p>`
    : explained.returned.length === 0
      ? html`<p>nothing</p>`
      : html`<ol>${explained.returned.map(
          ({ turn, text, score, why }) =>
            html`<li><span class="turn">${turn}</span>${text}<span class="why">scored ${score.toFixed(2)}, most for ${why.join('; ') || 'nothing that it tells'}</span></li>`,
        )}</ol>`
}</div></details>`;
}

function foundAt({ ranked, gold }: RunQuestion): string {
  const wanted = new Set(gold);
  const rank = ranked.findIndex((id) => wanted.has(id));
  return rank < 0 ? `not among the first ${ranked.length}` : `first found at rank ${rank + 1}`;
}
