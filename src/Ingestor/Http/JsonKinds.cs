using System.Text.Json;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>JSON values in words, for errors.</summary>
internal static class JsonKinds
{
    /// <summary>What a value is, e.g. "the number 123".</summary>
    public static string Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number => $"the number {FieldNames.Quoted(json.GetRawText()).Trim('"')}",
        JsonValueKind.String => $"the string {FieldNames.Quoted(json.GetString()!)}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "null",
        JsonValueKind.Array => "a list",
        _ => "an object",
    };
}
