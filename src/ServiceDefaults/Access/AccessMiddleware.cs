using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>Lets only those in who have a key, over gRPC and HTTP alike, where the configuration has keys.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, AccessKeys keys)
{
    private const string Scheme = "Bearer ";
    private const string Header = "x-api-key";

    public async Task InvokeAsync(HttpContext context)
    {
        if (!keys.IsOn || context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<OpenCallAttribute>() is not null)
        {
            await next(context);
            return;
        }
        try
        {
            var caller = Authenticate(context.Request);
            if (endpoint.Metadata.GetMetadata<OperatorCallAttribute>() is not null)
                caller.RequireOperator("This call");
            context.Features.Set(caller);
        }
        catch (Exception e) when (GrpcRefusal.Fits(context.Request) && ErrorStatus.Of(e) is { } status)
        {
            GrpcRefusal.Write(context.Response, status, ErrorStatus.TrailersOf(e));
            return;
        }
        await next(context);
    }

    private AccessCaller Authenticate(HttpRequest request)
    {
        var (authorization, key) = (request.Headers.Authorization.ToString(), request.Headers[Header].ToString());
        if (key.Length == 0 && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            key = authorization[Scheme.Length..].Trim();
        if (key.Length == 0)
        {
            keys.Metrics.NoKey();
            throw new UnauthenticatedException(authorization.Length == 0
                ? $"An API key is needed: header \"authorization: {Scheme}KEY\" or \"{Header}: KEY\"."
                : $"The header \"authorization\" has no API key; \"{Scheme}KEY\" is needed.");
        }
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        if (keys.Find(hash) is { } known)
            return Named(known, new AccessCaller(keys, hash));
        keys.Metrics.UnknownKey();
        throw new UnauthenticatedException("The API key is not known here.");
    }

    // For whoever reads traces.
    private static AccessCaller Named(AccessKey key, AccessCaller caller)
    {
        Activity.Current?.SetTag("rearm.caller", key.Name);
        return caller;
    }
}
