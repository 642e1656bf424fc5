// Calls a service by its .proto files, and prints what it got as one line of JSON.
//
//   node client.js server HOST:PORT FOLDER_OF_PROTOS
//   node client.js ingestor HOST:PORT FOLDER_OF_PROTOS
const grpc = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');

const [service, address, protos] = process.argv.slice(2);

const connect = (file, name) => {
  const definition = loadSync(file, { includeDirs: [protos], keepCase: true, longs: Number, enums: String, defaults: true });
  return new (grpc.loadPackageDefinition(definition).rearm.v1[name])(address, grpc.credentials.createInsecure());
};

const call = (client, method, request) => new Promise((resolve, reject) =>
  client[method](request, { deadline: Date.now() + 20_000 }, (error, answer) => (error ? reject(error) : resolve(answer))));

const refusal = promise => promise.then(
  () => { throw new Error('the call was not refused'); },
  error => [grpc.status[error.code], error.details]);

const askServer = async () => {
  const client = connect('rearm/v1/recommender.proto', 'Recommender');
  const answer = await call(client, 'Recommend', { user_id: 'east', k: 2 });
  const status = await call(client, 'GetStatus', {});
  return {
    items: answer.items.map(item => item.item_id),
    source: answer.source,
    generation: answer.generation.number,
    dimension: status.dimension,
    refusal: await refusal(call(client, 'SimilarItems', { item_id: 'zebra' })),
  };
};

const click = (id, user) => ({ interaction: { event_id: id, user_id: user, item_id: 'x', type: 'click', time: { seconds: 1_700_000_000 } } });

const sendEvents = async () => {
  const client = connect('rearm/v1/ingestion.proto', 'Ingestion');
  const single = await call(client, 'Ingest', { events: [click('n1', 'ann'), click('n2', '')] });
  const streamed = await new Promise((resolve, reject) => {
    const stream = client.IngestStream({ deadline: Date.now() + 20_000 });
    const answers = [];
    stream.on('data', answer => answers.push(answer.results.map(result => result.event_id)));
    stream.on('error', reject);
    stream.on('end', () => resolve(answers));
    for (let n = 3; n < 6; n++) stream.write({ events: [click(`n${n}`, 'bob')] });
    stream.end();
  });
  return {
    statuses: single.results.map(result => result.status),
    rejected_field: single.results[1].field,
    streamed,
    refusal: await refusal(call(client, 'Ingest', { events: [] })),
  };
};

(service === 'server' ? askServer() : sendEvents()).then(
  answer => { console.log(JSON.stringify(answer)); process.exit(0); },
  error => { console.error(error); process.exit(1); });
