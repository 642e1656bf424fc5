// Describes an item, sends a click and one that breaks a rule, and asks for a user's recommendations: npm install && node shop.js ada
const { randomUUID } = require('node:crypto');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');

const user = process.argv[2] ?? 'ada';
const protos = process.env.REARM_PROTOS ?? path.join(__dirname, '../../src/Contracts/Protos');

const connect = (file, name, address) => {
  const definition = loadSync(file, { includeDirs: [protos], keepCase: true, longs: Number, enums: String, defaults: true });
  return new (grpc.loadPackageDefinition(definition).rearm.v1[name])(address, grpc.credentials.createInsecure());
};

const ingestion = connect('rearm/v1/ingestion.proto', 'Ingestion', process.env.REARM_INGESTOR ?? '127.0.0.1:7001');
const recommender = connect('rearm/v1/recommender.proto', 'Recommender', process.env.REARM_SERVER ?? '127.0.0.1:7031');
const metadata = new grpc.Metadata();
if (process.env.REARM_API_KEY) metadata.set('x-api-key', process.env.REARM_API_KEY);

const call = (client, method, request, seconds) => new Promise((resolve, reject) =>
  client[method](request, metadata, { deadline: Date.now() + 1000 * seconds }, (error, answer) => (error ? reject(error) : resolve(answer))));

const main = async () => {
  const time = { seconds: Math.floor(Date.now() / 1000) };
  // The id makes sending an event again harmless: choose it where the event happens, and keep it with the event.
  const events = {
    'red-canoe': { item: { event_id: randomUUID(), item_id: 'red-canoe', categories: ['Camping'], attributes: { title: 'Red canoe' }, time } },
    'click': { interaction: { event_id: randomUUID(), user_id: user, item_id: 'red-canoe', type: 'click', time } },
    'click of nobody': { interaction: { event_id: randomUUID(), item_id: 'red-canoe', type: 'click', time } },
  };
  // One result per event, in order.
  const { results } = await call(ingestion, 'Ingest', { events: Object.values(events) }, 30);
  Object.keys(events).forEach((what, n) =>
    console.log(`${what}: ${results[n].status}${results[n].reason && `, ${results[n].field} ${results[n].reason}`}`));

  // The attributes come along, for a page to be made of one answer.
  const answer = await call(recommender, 'Recommend', { user_id: user, k: 5, attributes: ['title'] }, 10);
  console.log(`for ${user}, ${answer.source}, generation ${answer.generation?.number}:`);
  for (const item of answer.items) console.log(`  ${item.attributes.title ?? item.item_id} ${Number(item.score.toPrecision(7))}`);
};

main().then(
  () => process.exit(0),
  error => { console.error(error.message); process.exit(1); });
