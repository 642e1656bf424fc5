"""Calls the server at argv[1] in every way; prints one line of JSON, {scenario: what came of it}."""
import json
import sys
import traceback

import grpc

from messages import load

target, descriptor = sys.argv[1:]
Request, Reply = load(descriptor)


class Stub:
    def __init__(self, channel):
        def method(kind, name):
            return getattr(channel, kind)('/test.v1.Echo/' + name, request_serializer=Request.SerializeToString, response_deserializer=Reply.FromString)
        self.unary = method('unary_unary', 'Unary')
        self.server_stream = method('unary_stream', 'ServerStream')
        self.client_stream = method('stream_unary', 'ClientStream')
        self.duplex = method('stream_stream', 'Duplex')
        self.nothing = method('unary_unary', 'Nothing')


channel = grpc.insecure_channel(target)
stub = Stub(channel)


def failure(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError('the call did not fail')


def code(call):
    return failure(call).code().name


def metadata(pairs):
    return ' '.join(f'{k}={v.hex() if isinstance(v, bytes) else v}' for k, v in sorted(pairs) if k.startswith(('x-', 'grpc-status-details')))


def unary():
    return stub.unary(Request(text='hi ü')).text


def server_stream():
    return ','.join(reply.text for reply in stub.server_stream(Request(text='a', count=3)))


def client_stream():
    return stub.client_stream(iter([Request(text=t) for t in 'abc'])).text


def duplex():
    return ','.join(reply.text for reply in stub.duplex(iter([Request(text=t) for t in 'abc'])))


def empty_streams():
    return f"{stub.client_stream(iter([])).text}|{len(list(stub.duplex(iter([]))))}"


def echo_metadata():
    reply, call = stub.unary.with_call(Request(action='metadata'), metadata=[('x-echo', 'one'), ('x-echo-bin', b'\x00\xff\x10')])
    return f'{metadata(call.initial_metadata())} | {metadata(call.trailing_metadata())}'


def big_metadata():
    _, call = stub.unary.with_call(Request(action='metadata'), metadata=[('x-echo', 'v' * 6000)])
    return str(len(dict(call.trailing_metadata())['x-echo']))


def error():
    e = failure(lambda: stub.unary(Request(action='fail', count=5, text='not found: ü 100%')))
    return f'{e.code().name}|{e.details()}|{metadata(e.trailing_metadata())}'


def error_in_stream():
    texts = []

    def read():
        for reply in stub.server_stream(Request(action='fail', text='no', count=7)):
            texts.append(reply.text)
    status = code(read)
    assert len(texts) == 7, texts
    return status


def exception():
    e = failure(lambda: stub.unary(Request(action='throw', text='secret')))
    return f'{e.code().name}|{e.details()}'


def deadline():
    return code(lambda: stub.unary(Request(action='wait'), timeout=1))


def cancel():
    call = stub.server_stream(Request(action='wait', count=1))
    next(call)
    call.cancel()
    return code(lambda: next(call))


def wrong_method():
    return code(lambda: stub.nothing(Request()))


def too_big():
    return code(lambda: stub.unary(Request(text='x' * (4 * 1024 * 1024 + 1))))


def gzip():
    with grpc.insecure_channel(target, options=[('grpc.use_local_subchannel_pool', 1)], compression=grpc.Compression.Gzip) as packing:
        packed = Stub(packing)
        big = 'x' * 100000
        return f"{packed.unary(Request(action='encoding', text=big)).text}|{packed.unary(Request(text=big)).text == big}|{','.join(r.text for r in packed.duplex(iter([Request(text=t) for t in 'abc'])))}"


def large_stream():
    big = 'x' * 1000000
    return str(sum(len(r.text) for r in stub.duplex(iter([Request(text=big)] * 20))))


scenarios = [unary, server_stream, client_stream, duplex, empty_streams, echo_metadata, big_metadata, error, error_in_stream, exception, deadline, cancel,
             wrong_method, too_big, gzip, large_stream]
results = {}
for scenario in scenarios:
    try:
        results[scenario.__name__] = scenario()
    except Exception:
        results[scenario.__name__] = traceback.format_exc()
channel.close()
print(json.dumps(results))
