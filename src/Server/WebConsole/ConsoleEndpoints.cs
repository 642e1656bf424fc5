using Microsoft.AspNetCore.Mvc;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Access;

namespace Rearm.Streaming.Server.WebConsole;

/// <summary>The console's addresses: the page at /console/, and below /console/api what it asks of other services. The rest it asks of the Server's own API.</summary>
internal static class ConsoleEndpoints
{
    private const int MaxBodyBytes = 64 << 10;

    public static void MapConsole(this WebApplication app)
    {
        if (app.Services.ValidOptions<ServerOptions>()?.Console is not { Enabled: true } options)
            return;
        // The page holds nothing that needs a key; what it shows comes by calls that do.
        var open = new OpenCallAttribute();
        var policy = Policy(options);
        app.MapGet("/", () => TypedResults.Redirect("console/")).WithMetadata(open);
        app.MapGet("/console/{file?}", (HttpContext context, string? file) =>
        {
            if (file is null && !context.Request.Path.Value!.EndsWith('/'))
                return TypedResults.Redirect("console/");
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache";
            return ConsoleFiles.Get(file ?? "index.html");
        }).WithMetadata(open);

        app.MapGet("/console/api/settings", (ConsoleForwarder forwarder) => TypedResults.Json(new
        {
            ingestor = forwarder.Knows(ConsoleService.Ingestor),
            graph_builder = forwarder.Knows(ConsoleService.GraphBuilder),
            trainer = forwarder.Knows(ConsoleService.Trainer),
        })).WithMetadata(open);
        foreach (var call in ConsoleCall.All)
            app.MapMethods($"/console/api{call.Path}", [call.Method], (HttpContext context, ConsoleForwarder forwarder) => forwarder.ForwardAsync(context, call))
                .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
    }

    // Scripts, styles and calls of this origin alone; pictures also from where items say that theirs are, unless the configuration says where.
    private static string Policy(ConsoleOptions options)
    {
        var pictures = options.PictureOrigin.Length == 0 ? "https: http:" : new Uri(options.PictureOrigin).GetLeftPart(UriPartial.Authority);
        return $"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' {pictures}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
