// Calls the server at argv[2] in every way; prints one line of JSON, {scenario: what came of it}.
const grpc = require('@grpc/grpc-js');
const { Echo } = require('./echo');

const [target, proto] = process.argv.slice(2);
const credentials = grpc.credentials.createInsecure();
const stub = new (Echo(proto))(target, credentials, {});

const call = (method, request, ...rest) => new Promise((resolve, reject) => {
  let trailers;
  let headers;
  const c = stub[method](request, ...rest, (error, reply) => setImmediate(() => (error ? reject(error) : resolve({ reply, headers, trailers }))));
  c.on('metadata', m => { headers = m; });
  c.on('status', s => { trailers = s.metadata; });
});
const failure = promise => promise.then(() => { throw new Error('the call did not fail'); }, error => {
  if (error.code === undefined) throw error;
  return error;
});
const name = error => Object.keys(grpc.status).find(k => grpc.status[k] === error.code);
const code = async promise => name(await failure(promise));
const metadata = m => Object.keys(m.getMap()).filter(k => k.startsWith('x-') || k.startsWith('grpc-status-details')).sort()
  .map(k => `${k}=${m.get(k).map(v => (Buffer.isBuffer(v) ? v.toString('hex') : v)).join(',')}`).join(' ');
const collect = stream => new Promise((resolve, reject) => {
  const texts = [];
  stream.on('data', r => texts.push(r.text));
  stream.on('error', reject);
  stream.on('end', () => resolve(texts));
});
const send = (stream, texts) => {
  for (const text of texts) stream.write({ text });
  stream.end();
};
const upload = (texts, ...rest) => new Promise((resolve, reject) => {
  send(stub.ClientStream(...rest, (error, reply) => (error ? reject(error) : resolve(reply))), texts);
});
const duplexed = (texts, ...rest) => {
  const stream = stub.Duplex(...rest);
  const all = collect(stream);
  send(stream, texts);
  return all;
};
const withMetadata = pairs => {
  const m = new grpc.Metadata();
  for (const [k, v] of pairs) m.add(k, v);
  return m;
};
const soon = ms => ({ deadline: new Date(Date.now() + ms) });

const scenarios = {
  unary: async () => (await call('Unary', { text: 'hi ü' })).reply.text,
  server_stream: async () => (await collect(stub.ServerStream({ text: 'a', count: 3 }))).join(','),
  client_stream: async () => (await upload(['a', 'b', 'c'])).text,
  duplex: async () => (await duplexed(['a', 'b', 'c'])).join(','),
  empty_streams: async () => `${(await upload([])).text}|${(await duplexed([])).length}`,
  echo_metadata: async () => {
    const { headers, trailers } = await call('Unary', { action: 'metadata' }, withMetadata([['x-echo', 'one'], ['x-echo-bin', Buffer.from([0, 255, 16])]]));
    return `${metadata(headers)} | ${metadata(trailers)}`;
  },
  big_metadata: async () => {
    const { trailers } = await call('Unary', { action: 'metadata' }, withMetadata([['x-echo', 'v'.repeat(6000)]]));
    return `${trailers.get('x-echo')[0].length}`;
  },
  error: async () => {
    const e = await failure(call('Unary', { action: 'fail', count: 5, text: 'not found: ü 100%' }));
    return `${name(e)}|${e.details}|${metadata(e.metadata)}`;
  },
  // This client drops messages it has not delivered when the status is an error.
  error_in_stream: () => code(collect(stub.ServerStream({ action: 'fail', text: 'no', count: 7 }))),
  exception: async () => {
    const e = await failure(call('Unary', { action: 'throw', text: 'secret' }));
    return `${name(e)}|${e.details}`;
  },
  deadline: () => code(call('Unary', { action: 'wait' }, soon(1000))),
  cancel: () => {
    const stream = stub.ServerStream({ action: 'wait', count: 1 });
    stream.once('data', () => stream.cancel());
    return code(collect(stream));
  },
  wrong_method: () => code(call('Nothing', {})),
  too_big: () => code(call('Unary', { text: 'x'.repeat(4 * 1024 * 1024 + 1) })),
  gzip: async () => {
    const packing = new (Echo(proto))(target, credentials, { 'grpc.default_compression_algorithm': 2, 'grpc.use_local_subchannel_pool': 1 });
    const unary = request => new Promise((resolve, reject) => packing.Unary(request, (error, reply) => (error ? reject(error) : resolve(reply))));
    const big = 'x'.repeat(100000);
    const stream = packing.Duplex();
    const all = collect(stream);
    send(stream, ['a', 'b', 'c']);
    const result = `${(await unary({ action: 'encoding', text: big })).text}|${(await unary({ text: big })).text === big ? 'True' : 'False'}|${(await all).join(',')}`;
    packing.close();
    return result;
  },
  large_stream: async () => `${(await duplexed(Array(20).fill('x'.repeat(1000000)))).reduce((sum, t) => sum + t.length, 0)}`,
};

(async () => {
  const results = {};
  for (const [scenario, run] of Object.entries(scenarios)) {
    try {
      results[scenario] = await run();
    } catch (error) {
      results[scenario] = error.stack;
    }
  }
  stub.close();
  console.log(JSON.stringify(results));
})();
