"""Serves test.v1.Echo; prints its port, and ends when its standard input does."""
import sys
import time
from concurrent import futures

import grpc

from messages import load

Request, Reply = load(sys.argv[1])


def act(request, context):
    if request.action == 'metadata':
        echoed = [(k, v) for k, v in context.invocation_metadata() if k.startswith('x-echo')]
        context.send_initial_metadata(echoed)
        context.set_trailing_metadata(echoed)
    elif request.action == 'fail':
        context.set_trailing_metadata([('x-why', 'because'), ('grpc-status-details-bin', b'\x00\xff\x10')])
        context.abort(next(c for c in grpc.StatusCode if c.value[0] == request.count), request.text)
    elif request.action == 'throw':
        raise ValueError(request.text)
    elif request.action == 'wait':
        while context.is_active():
            time.sleep(0.01)


def unary(request, context):
    act(request, context)
    return Reply(text='x' * request.count if request.action == 'big' else request.text)


def server_stream(request, context):
    for i in range(request.count):
        yield Reply(text=f'{request.text}{i}')
    act(request, context)


def client_stream(requests, context):
    return Reply(text=''.join(request.text for request in requests))


def duplex(requests, context):
    for request in requests:
        act(request, context)
        yield Reply(text=request.text)


def handler(kind, method):
    return getattr(grpc, kind + '_rpc_method_handler')(method, request_deserializer=Request.FromString, response_serializer=Reply.SerializeToString)


server = grpc.server(futures.ThreadPoolExecutor(16), compression=grpc.Compression.Gzip)
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler('test.v1.Echo', {
    'Unary': handler('unary_unary', unary),
    'ServerStream': handler('unary_stream', server_stream),
    'ClientStream': handler('stream_unary', client_stream),
    'Duplex': handler('stream_stream', duplex),
}),))
port = server.add_insecure_port('127.0.0.1:0')
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(0)
