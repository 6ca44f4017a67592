import { EcphoryError, type ErrorCode, type ErrorOptions } from '../memory/errors.ts';

/** What only HTTP can get wrong (a method, a content type): a code of the house under a status of its own. */
export class HttpRefusal extends EcphoryError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    options: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code, message, options);
    this.status = status;
    this.headers = options.headers ?? {};
  }
}
