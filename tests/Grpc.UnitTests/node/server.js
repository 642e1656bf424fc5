// Serves test.v1.Echo; prints its port, and ends when its standard input does.
const grpc = require('@grpc/grpc-js');
const { service } = require('./echo');

const trailers = () => {
  const m = new grpc.Metadata();
  m.add('x-why', 'because');
  m.add('grpc-status-details-bin', Buffer.from([0, 255, 16]));
  return m;
};
const echoed = call => {
  const m = new grpc.Metadata();
  for (const key of ['x-echo', 'x-echo-bin']) for (const value of call.metadata.get(key)) m.add(key, value);
  return m;
};
const failed = request => ({ code: request.count, details: request.text, metadata: trailers() });

const server = new grpc.Server({ 'grpc.default_compression_algorithm': 2 });
server.addService(service(process.argv[2]), {
  Unary(call, callback) {
    const { request } = call;
    if (request.action === 'fail') callback(failed(request));
    else if (request.action === 'throw') callback(new Error(request.text));
    else if (request.action === 'metadata') {
      call.sendMetadata(echoed(call));
      callback(null, { text: request.text }, echoed(call));
    } else if (request.action !== 'wait') callback(null, { text: request.action === 'big' ? 'x'.repeat(request.count) : request.text });
  },
  ServerStream(call) {
    const { request } = call;
    for (let i = 0; i < request.count; i++) call.write({ text: `${request.text}${i}` });
    if (request.action === 'fail') call.emit('error', failed({ ...request }));
    else if (request.action !== 'wait') call.end();
  },
  ClientStream(call, callback) {
    let text = '';
    call.on('data', request => { text += request.text; });
    call.on('end', () => callback(null, { text }));
    call.on('error', () => {});
  },
  Duplex(call) {
    call.on('data', request => call.write({ text: request.text }));
    call.on('end', () => call.end());
    call.on('error', () => {});
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.on('end', () => process.exit(0)).resume();
