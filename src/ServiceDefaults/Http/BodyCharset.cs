using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Rearm.Streaming.ServiceDefaults.Http;

/// <summary>The encoding of a request's body. JSON has one alone between systems, UTF-8 (RFC 8259).</summary>
public static class BodyCharset
{
    /// <summary>What a body of another encoding is refused with; null: it is in UTF-8, or says nothing.</summary>
    public static string? Problem(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset.Value?.Trim('"') is { Length: > 0 } charset
        && !string.Equals(charset, Encoding.UTF8.WebName, StringComparison.OrdinalIgnoreCase)
            ? $"The body is in {charset}; JSON is sent in {Encoding.UTF8.WebName}."
            : null;
}
