import type { Detector } from './detector.ts';

/**
 * Secrets that say what they are: the published prefixes of vendors (as GitHub's secret scanning and gitleaks list them),
 * PEM, JSON web tokens (RFC 7519), passwords in addresses (RFC 3986) and values after a word such as `password=`.
 */
export const secretDetectors: readonly Detector[] = [
  {
    kind: 'private_key',
    hint: 'private key',
    // To the end when the closing line was cut off. In JSON a line ends with the two characters `\n`.
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[\s\S]){0,20000}(?:-----END [A-Z0-9 ]{1,60}-----)?/g,
  },
  {
    kind: 'token',
    hint: 'eyj',
    pattern: /\beyJ[A-Za-z0-9_-]{10,4096}\.eyJ[A-Za-z0-9_-]{10,8192}\.[A-Za-z0-9_-]{10,4096}/g,
  },
  {
    kind: 'token',
    hint: 'bearer',
    pattern: /\bbearer\s{1,3}(?<secret>[A-Za-z0-9._~+/-]{20,4096}={0,2})/dgi,
    isReal: looksRandom,
  },
  {
    kind: 'token',
    hint: 'basic ',
    pattern: /\bauthorization['"]?\s{0,3}[:=]\s{0,3}['"]?basic\s{1,3}(?<secret>[A-Za-z0-9+/]{8,4096}={0,2})/dgi,
  },
  apiKey('aws', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g, 'a'),
  apiKey('github', /\bgh[pousr]_[A-Za-z0-9]{36,255}\b/g, 'gh'),
  apiKey('github', /\bgithub_pat_[A-Za-z0-9_]{22,255}\b/g, 'github_pat_'),
  apiKey('gitlab', /\bgl(?:pat|ptt|rt|dt)-[A-Za-z0-9_-]{20,64}/g, 'gl'),
  apiKey('slack', /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/g, 'xox'),
  apiKey('slack', /\bxapp-\d-[A-Za-z0-9-]{20,250}/g, 'xapp-'),
  apiKey('slack', /\bhooks\.slack\.com\/(?:services|workflows)\/(?<secret>[A-Za-z0-9/]{30,80})/dg, 'hooks.slack.com'),
  apiKey('google', /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g, 'aiza'),
  apiKey('google', /\bGOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])/g, 'gocspx-'),
  apiKey('google', /\bya29\.[A-Za-z0-9_-]{20,500}/g, 'ya29.'),
  apiKey('stripe', /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}\b/g, 'k_'),
  apiKey('webhook', /\bwhsec_[A-Za-z0-9+/]{24,100}={0,2}/g, 'whsec_'),
  apiKey('anthropic', /\bsk-ant-[A-Za-z0-9_-]{20,200}/g, 'sk-ant-'),
  apiKey('openai', /\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,250}/g, 'sk-'),
  apiKey('openai', /\bsk-(?:or-v1-)?[A-Za-z0-9]{32,100}\b/g, 'sk-'),
  apiKey('huggingface', /\bhf_[A-Za-z0-9]{30,60}\b/g, 'hf_'),
  apiKey('npm', /\bnpm_[A-Za-z0-9]{36}\b/g, 'npm_'),
  apiKey('pypi', /\bpypi-[A-Za-z0-9_-]{50,500}/g, 'pypi-'),
  apiKey('sendgrid', /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}/g, 'sg.'),
  apiKey('digitalocean', /\bdo[opr]_v1_[a-f0-9]{64}\b/g, '_v1_'),
  apiKey('telegram', /\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g, ':aa'),
  apiKey('azure', /\bAccountKey=(?<secret>[A-Za-z0-9+/]{40,100}={0,2})/dg, 'accountkey='),
  apiKey('ecphory', /\becphory_[0-9A-Za-z]{8,32}_[0-9A-Za-z]{43,128}\b/g, 'ecphory_'),
  {
    kind: 'password',
    hint: '://',
    pattern: /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/?#@'"<>[\]]{0,100}:(?<secret>[^\s/?#@'"<>]{1,200})@[^\s/?#@'"<>]/dgi,
    isReal: (found) => !isPlaceholder(found),
  },
  {
    // `password: ...`: a value only if it looks like no word.
    kind: 'password',
    hint: 'p',
    pattern:
      /(?:passw(?:or)?d|passwd|pwd|passphrase)["'`]?\s{0,3}(?:=>|=|:|\bis\b)\s{0,3}["'`]?(?<secret>[^\s"'`,;<>{}()[\]]{6,200})(?![^\s"'`,;<>{})\]])/dgi,
    isReal: (found) => !isPlaceholder(found) && isNoWord(found),
  },
  {
    // `"api_key": "..."`, `CLIENT_SECRET=...`.
    kind: 'password',
    pattern:
      /(?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key)(?:[_-]?(?:id|key|value))?["'`]?\s{0,3}(?:=>|=|:)\s{0,3}["'`]?(?<secret>[^\s"'`,;<>{}()[\]]{12,200})(?![^\s"'`,;<>{})\]])/dgi,
    isReal: (found) => !isPlaceholder(found) && isNoWord(found) && /\d/.test(found),
  },
];

function apiKey(_vendor: string, pattern: RegExp, hint: string): Detector {
  return { kind: 'api_key', pattern, hint, isReal: (found) => !isPlaceholder(found) };
}

/** `xxxx`, `****`, `$TOKEN`, `your-key-here`: what stands in documentation. */
function isPlaceholder(found: string): boolean {
  return (
    new Set(found.slice(-12)).size <= 2 ||
    /^[$%{<[]|\.\.\.|…|example|placeholder|redacted|changeme|your[_-]/i.test(found)
  );
}

/** Words and code (`settings.TOKEN`, `await`, `string`) have no digit among their letters, or are only digits. */
function isNoWord(found: string): boolean {
  if (/[a-z]\.[a-z]|=>|\\|^https?:|^\/|^[\d.:,-]+$|^[a-z]+(?:[A-Z][a-z]+)+\d?$/.test(found)) return false;
  if (/^[A-Z][A-Z_]+$/.test(found)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[!@#$%^&*+=?~_-]/].filter((kind) => kind.test(found)).length;
  return /\d/.test(found) ? kinds >= 2 : kinds >= 3 && /[!@#$%^&*+=?~]/.test(found);
}

/** Three kinds of characters, or many of two: prose after "bearer" is neither. */
function looksRandom(found: string): boolean {
  return /\d/.test(found) && /[A-Za-z]/.test(found) && !isPlaceholder(found);
}
