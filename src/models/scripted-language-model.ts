import { EcphoryError } from '../memory/errors.ts';
import type { LanguageModel, ModelRequest } from '../memory/language-model.ts';

/** What is answered to the next request that has all of `expects` in its user part; in the order of the script. */
export interface ScriptedTurn {
  readonly expects: readonly string[];
  /** Text, or a value to be written as JSON, or a failure. */
  readonly answer: string | object | Error;
}

export interface ScriptedLanguageModel extends LanguageModel {
  /** As they came. */
  readonly requests: readonly ModelRequest[];
  /** Turns that nobody asked for yet. */
  remaining(): number;
}

/**
 * A language model for tests and examples: says what it was told to, in order, and refuses everything else, so that a
 * test cannot pass because of an answer that nobody wrote. A token is four characters.
 *
 * @throws EcphoryError `invalid` from `complete` for a request that the script does not expect.
 */
export function newScriptedLanguageModel(
  script: readonly ScriptedTurn[],
  id = 'scripted@nowhere',
): ScriptedLanguageModel {
  const requests: ModelRequest[] = [];
  let next = 0;
  let isClosed = false;

  return {
    id,
    requests,
    remaining: () => script.length - next,
    async complete(request) {
      if (isClosed) throw new EcphoryError('unavailable', `Language model ${id} is closed.`);
      requests.push(request);
      const turn = script[next];
      if (turn === undefined) throw new EcphoryError('invalid', `The script of ${id} ends before request ${next + 1}.`);
      const missing = turn.expects.filter((part) => !request.user.includes(part));
      if (missing.length > 0) {
        throw new EcphoryError(
          'invalid',
          `The script of ${id} expects ${JSON.stringify(missing)} in request ${next + 1}.`,
        );
      }
      next += 1;
      if (turn.answer instanceof Error) throw turn.answer;
      const text = typeof turn.answer === 'string' ? turn.answer : JSON.stringify(turn.answer);
      return { text, inputTokens: tokens(request.system + request.user), outputTokens: tokens(text) };
    },
    async close() {
      isClosed = true;
    },
  };
}

function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}
