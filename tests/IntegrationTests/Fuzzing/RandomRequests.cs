using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Fuzzing;

/// <summary>
/// HTTP requests to a route: half of them plain, so that some get past the validation, the others with whatever may stand in path, query, headers and body.
/// </summary>
internal sealed partial class RandomRequests(int seed)
{
    private static readonly string[] PlainValues = ["a", "b", "1", "2", "true", "false", "model", "east"];

    private static readonly string[] Values =
    [
        "", "1", "-1", "1e400", "NaN", "true", "yes", "a", "%", "%zz", "%00", "%0a", "%ff%fe", "%ed%a0%80", "..", "%2e%2e", "a%2Fb", new('x', 3000), "\u00e9",
        "99999999999999999999", "0x10", "model", "features",
    ];

    // In place of a value in JSON.
    private static readonly string[] JsonValues =
    [
        "\"\\ud800\"", "\"\\u0000\"", "\"\"", "1e999", "-1", "NaN", "null", "{}", "[[]]", "true", "123456789012345678901234567890",
        "\"9999-99-99T00:00:00Z\"", "\"x\"", $"\"{new string('y', 5000)}\"",
    ];

    private static readonly byte[][] NoJson =
    [
        [], [0], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF], "{"u8.ToArray(), "null"u8.ToArray(), "[]"u8.ToArray(), "{}{}"u8.ToArray(), "\"\\ud800\""u8.ToArray(),
        "\n\n"u8.ToArray(), [.. Repeated("[", 5000)], [.. Repeated("{\"a\":", 5000)], Encoding.Unicode.GetBytes("{}"), [0x0A, 0x03, 0x61, 0x62],
    ];

    private static readonly string[] Types =
    [
        "", "text/plain", "application/x-ndjson", "application/json; charset=utf-16", "application/json; charset=\"", "application/grpc",
        "application/x-www-form-urlencoded", "multipart/form-data", "application/json;;;",
    ];

    private static readonly MessageDescriptor[] Events = [Interaction.Descriptor, Item.Descriptor];

    private readonly Random _random = new(seed);
    private readonly RandomMessages _messages = new(seed);

    /// <summary>A request.</summary>
    /// <param name="service">Of whom.</param>
    /// <param name="route">The route.</param>
    /// <param name="parameters">The names that its query string may have.</param>
    public HttpRequestMessage Create(FuzzedService service, RouteEndpoint route, string[] parameters)
    {
        var isPlain = _random.Next(2) == 0;
        string[] verbs = [.. route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]];
        var verb = isPlain || _random.Next(8) > 0 ? Pick(verbs) : Pick(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]);
        string[] names = isPlain ? parameters : [.. parameters, "x", "%00"];
        var query = names.Length == 0 ? [] : Enumerable.Range(0, _random.Next(isPlain ? 2 : 5)).Select(_ => $"{Pick(names)}={Value(isPlain)}");
        var uri = $"{service.Endpoints.Http.GetLeftPart(UriPartial.Authority)}{Path(route.RoutePattern, isPlain)}?{string.Join('&', query)}";
        var request = new HttpRequestMessage(new(verb), new Uri(uri, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        // What the console's own page sends along.
        if (isPlain || _random.Next(2) == 0)
            request.Headers.Add("x-rearm-console", "1");
        if (verb is "POST" or "PUT" or "PATCH")
        {
            request.Content = new ByteArrayContent(Body(route, isPlain));
            request.Content.Headers.TryAddWithoutValidation("content-type", isPlain || _random.Next(3) > 0 ? "application/json" : Pick(Types));
        }
        return request;
    }

    /// <summary>A route's path with values in its places.</summary>
    public string Path(RoutePattern pattern, bool isPlain) =>
        string.Concat(pattern.PathSegments.Select(segment => "/" + string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            _ => Value(isPlain),
        }))));

    private string Value(bool isPlain) => Pick(isPlain ? PlainValues : Values);

    private byte[] Body(RouteEndpoint route, bool isPlain)
    {
        if (!isPlain && _random.Next(3) == 0)
            return Pick(NoJson);
        var type = route.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>()?.MethodDescriptor.InputType ?? Pick(Events);
        var json = JsonFormatter.Default.Format(_messages.CreatePlain(type));
        if (isPlain)
            return Encoding.UTF8.GetBytes(json);
        if (ValuePattern().Matches(json) is { Count: > 0 } values && Pick(values.ToArray()).Groups[1] is var place)
            json = string.Concat(json.AsSpan(0, place.Index), Pick(JsonValues), json.AsSpan(place.Index + place.Length));
        var bytes = Encoding.UTF8.GetBytes(json);
        return _random.Next(4) switch
        {
            0 => bytes[..(bytes.Length * 2 / 3)],
            1 => [.. "["u8, .. bytes, .. ","u8, .. bytes, .. "]"u8],
            _ => bytes,
        };
    }

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private static byte[] Repeated(string text, int times) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, times)));

    [GeneratedRegex("""": *("(?:[^"\\]|\\.)*"|-?[0-9.eE+]+|true|false)"""")]
    private static partial Regex ValuePattern();
}
