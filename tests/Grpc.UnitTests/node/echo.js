// The test's service, from its .proto file, with a method the server does not have.
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const load = proto => grpc.loadPackageDefinition(loader.loadSync(proto, { defaults: true })).test.v1;

exports.Echo = proto => {
  const { Echo } = load(proto);
  const definition = { ...Echo.service };
  definition.Nothing = { ...definition.Unary, path: '/test.v1.Echo/Nothing' };
  return grpc.makeClientConstructor(definition, 'Echo');
};
exports.service = proto => load(proto).Echo.service;
