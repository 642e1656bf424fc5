using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Grpc.AspNetCore.Server;

/// <summary>Answers gRPC requests for what is not there with UNIMPLEMENTED, and lets all other requests pass.</summary>
internal sealed class UnknownMethods : IRouteConstraint
{
    public static void Map(IEndpointRouteBuilder builder, string pattern, string detail)
    {
        var route = RoutePatternFactory.Parse(pattern, defaults: null, parameterPolicies: new { method = new UnknownMethods() });
        builder.Map(route, context =>
        {
            if (Protocol.RefusesRequest(context))
                return Task.CompletedTask;
            Protocol.WriteStatus(context.Response, new Status(StatusCode.Unimplemented, detail));
            return Task.CompletedTask;
        }).Add(e => e.DisplayName = $"gRPC - {detail} {pattern}");
    }

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        httpContext is not null && HttpMethods.IsPost(httpContext.Request.Method) && ContentType.IsGrpc(httpContext.Request.ContentType);
}
