using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Rearm.Streaming.ServiceDefaults;

/// <summary>
/// Ids in a request's path. A route value keeps "%2F" as it is, so that an id with a slash and one with "%2F" would look the same; the
/// request target has the id whole.
/// </summary>
public static class RawPath
{
    /// <summary>A segment of the path that routing saw, unescaped.</summary>
    /// <param name="context">The request.</param>
    /// <param name="index">The segment's place from 0: "/v1/items/x" has x at 2.</param>
    public static string Segment(HttpContext context, int index)
    {
        var path = PathOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var segments = new List<string>();
        foreach (var segment in path.Split('/').Skip(1).Select(Uri.UnescapeDataString))
            // Routing never sees "." and "..": the server has resolved them.
            if (segment == "..")
                segments.RemoveRange(Math.Max(segments.Count - 1, 0), Math.Min(segments.Count, 1));
            else if (segment != ".")
                segments.Add(segment);
        return segments[index];
    }

    // "/path?query", or in absolute form, as sent to a proxy, "http://host/path?query".
    private static string PathOf(string target)
    {
        var path = target.Split('?', 2)[0];
        if (path.StartsWith('/'))
            return path;
        var host = path.IndexOf("://", StringComparison.Ordinal) + 3;
        return path.IndexOf('/', host) is var start and >= 0 ? path[start..] : "/";
    }
}
