using Microsoft.AspNetCore.Builder;

namespace Rearm.Streaming.Hosting.Reflection;

/// <summary>Server reflection under both of its names: older tools know only v1alpha.</summary>
internal static class ReflectionSetup
{
    public static void MapServerReflection(this WebApplication app)
    {
        app.MapGrpcService<ReflectionV1Service>();
        app.MapGrpcService<ReflectionV1AlphaService>();
    }
}
