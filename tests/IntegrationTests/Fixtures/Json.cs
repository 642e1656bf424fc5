using System.Text.Json;

namespace Rearm.Streaming.IntegrationTests.Fixtures;

internal static class Json
{
    /// <summary>A property that is an array of strings.</summary>
    public static string[] Strings(this JsonElement element, string property) => [.. element.GetProperty(property).EnumerateArray().Select(e => e.GetString()!)];
}
