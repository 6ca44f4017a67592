import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { newPost } from './post.ts';
import { isPrivateAddress } from './private-address.ts';
import { nextTryAt } from './retry.ts';
import { signatureHeaders } from './signature.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const { signal } = new AbortController();
const message = { headers: {}, body: '{}', signal };

describe('a post to an address that a stranger chose', () => {
  test('gives the status, and follows no redirect', async () => {
    const paths: (string | undefined)[] = [];
    const url = await listening((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { Location: '/elsewhere' }).end();
    });
    expect(await newPost({ isPrivateAllowed: true })({ ...message, url })).toEqual({ status: 307, error: null });
    expect(paths).toEqual(['/']);
  });

  test('reads no more of an answer than a little', async () => {
    let isCut = false;
    const url = await listening((_request, response) => {
      response.on('close', () => {
        isCut = true;
      });
      const more = () => {
        while (!isCut && response.write('x'.repeat(65_536)));
        if (!isCut) response.once('drain', more);
      };
      more();
    });
    expect((await newPost({ isPrivateAllowed: true })({ ...message, url })).status).toBe(200);
  });

  test('gives up on one that does not answer', async () => {
    const url = await listening(() => {});
    const outcome = await newPost({ isPrivateAllowed: true, timeoutMs: 20 })({ ...message, url });
    expect(outcome).toEqual({ status: null, error: 'No answer came within 20 ms.' });
  });

  test.each([['127.0.0.1'], ['10.1.2.3'], ['::1'], ['::ffff:127.0.0.1']])(
    'does not go to a name that leads to %s, among whatever else',
    async (address) => {
      const lookup: LookupFunction = (_name, _options, callback) => {
        callback(null, [
          { address: '93.184.216.34', family: 4 },
          { address, family: address.includes(':') ? 6 : 4 },
        ]);
      };
      const outcome = await newPost({ isPrivateAllowed: false, lookup })({ ...message, url: 'https://a.example.com/' });
      expect(outcome.error).toContain('which webhooks do not reach');
    },
  );

  test('looks a name up once, so that a second answer cannot lead elsewhere', async () => {
    let looks = 0;
    const url = await listening((_request, response) => response.end());
    const lookup: LookupFunction = (_name, options, callback) => {
      looks += 1;
      if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    };
    const named = url.replace('127.0.0.1', 'hooks.example.com');
    expect((await newPost({ isPrivateAllowed: true, lookup })({ ...message, url: named })).status).toBe(200);
    expect(looks).toBe(1);
  });
});

describe('an address', () => {
  test.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.1.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fe80::1%eth0',
    'ff02::1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'localhost',
    '',
  ])('%s is private, or none', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  test.each(['8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '[2a00:1450::1]'])(
    '%s is public',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});

test('a signature is that of Standard Webhooks', () => {
  // The example of the specification's own libraries.
  const headers = signatureHeaders(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: 1_614_265_330_999,
    body: '{"test": 2432232314}',
  });
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('tries are seven more at growing pauses, and then none', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map((tries) => nextTryAt(tries, 0, 0));
  expect(pauses).toEqual([5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000, null]);
  expect(nextTryAt(1, 1_000, 0.5)).toBe(5_500);
});
