"""Knows nothing of our .proto files: lists the services by reflection, fetches their descriptors, and calls one, the way grpcurl does."""
import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

address, version, protocol = sys.argv[1:]
channel = grpc.insecure_channel(address)


def message_class(descriptor):
    """The class of a message, in older and newer versions of the library."""
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(descriptor.file.pool).GetPrototype(descriptor)


with open(protocol, "rb") as file:
    described = descriptor_pb2.FileDescriptorProto.FromString(file.read())
protocol_pool = descriptor_pool.DescriptorPool()
protocol_pool.Add(described)
reflection = protocol_pool.FindFileByName(described.name)
Question = message_class(reflection.message_types_by_name["ServerReflectionRequest"])
Answer = message_class(reflection.message_types_by_name["ServerReflectionResponse"])
ask_all = channel.stream_stream(
    f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
    request_serializer=Question.SerializeToString,
    response_deserializer=Answer.FromString)


def ask(**question):
    """One question, one answer."""
    return next(ask_all(iter([Question(**question)]), timeout=20))


services = [service.name for service in ask(list_services="*").list_services_response.service]

# Files may come in any order; the pool wants those imported first.
found = {}
for serialized in ask(file_containing_symbol="rearm.v1.Recommender").file_descriptor_response.file_descriptor_proto:
    file = descriptor_pb2.FileDescriptorProto.FromString(serialized)
    found[file.name] = file
pool = descriptor_pool.DescriptorPool()


def add(name):
    """Adds a file after what it imports; asks for one that did not come along."""
    if name not in found:
        found[name] = descriptor_pb2.FileDescriptorProto.FromString(ask(file_by_filename=name).file_descriptor_response.file_descriptor_proto[0])
    file = found[name]
    if file is not None:
        found[name] = None
        for imported in file.dependency:
            add(imported)
        pool.Add(file)


for name in list(found):
    add(name)

service = pool.FindServiceByName("rearm.v1.Recommender")
method = service.FindMethodByName("Recommend")

request = json_format.ParseDict({"user_id": "east", "k": 2}, message_class(method.input_type)())
call = channel.unary_unary(
    f"/{service.full_name}/{method.name}",
    request_serializer=lambda message: message.SerializeToString(),
    response_deserializer=message_class(method.output_type).FromString)
answer = json_format.MessageToDict(call(request, timeout=20), preserving_proto_field_name=True)

unknown = ask(file_containing_symbol="rearm.v1.Nothing")
print(json.dumps({
    "services": services,
    "methods": [m.name for m in service.methods],
    "items": [item["item_id"] for item in answer["items"]],
    "source": answer["source"],
    "unknown": unknown.error_response.error_code,
}))
