using Rearm.Streaming.Server.Grpc;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server;

/// <summary>Has calls for one answer pass <see cref="Admission"/> before they are read, which makes a refusal cheap.</summary>
internal sealed class AdmissionMiddleware(RequestDelegate next, Admission admission)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<LimitedCallAttribute>() is null)
        {
            await next(context);
            return;
        }
        if (admission.TryEnter(1, AccessCaller.Of(context)) is { } refusal)
        {
            if (!GrpcRefusal.Fits(context.Request))
                throw refusal;
            GrpcRefusal.Write(context.Response, ErrorStatus.Of(refusal)!.Value, ErrorStatus.TrailersOf(refusal));
            return;
        }
        try
        {
            await next(context);
        }
        finally
        {
            admission.Leave(1);
        }
    }
}
