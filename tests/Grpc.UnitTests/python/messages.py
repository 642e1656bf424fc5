"""The test's messages, from the descriptor the test passes in: no generated code, so any protobuf runtime will do."""
import base64

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


def load(descriptor):
    file = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(descriptor))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return [factory.GetPrototype(pool.FindMessageTypeByName('test.v1.' + name)) for name in ('EchoRequest', 'EchoReply')]
