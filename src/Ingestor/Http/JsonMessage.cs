using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>
/// Reads protobuf's JSON form (snake_case or camelCase names) as strictly as its parser, with errors that name the field and the form it takes:
/// what is misspelt must not silently become a default. A vector may also be a bare list of its numbers.
/// </summary>
internal static class JsonMessage
{
    private static readonly ConcurrentDictionary<MessageDescriptor, Dictionary<string, FieldDescriptor>> Names = new();

    /// <summary>Reads a message.</summary>
    /// <param name="json">An object.</param>
    /// <param name="what">What it is, for errors: "an interaction".</param>
    /// <exception cref="EventFormatException">It is something else; names the field.</exception>
    public static T Read<T>(JsonElement json, string what) where T : IMessage, new()
    {
        try
        {
            var message = new T();
            Fill(message, json, "", what);
            return message;
        }
        catch (InvalidOperationException e)
        {
            // From a string with an escape such as "\ud800", which is half a character.
            throw new EventFormatException("event", $"has a string that is no text: {e.Message}");
        }
    }

    private static void Fill(IMessage message, JsonElement json, string path, string what)
    {
        var names = Names.GetOrAdd(message.Descriptor, NamesOf);
        var known = message.Descriptor.Fields.InDeclarationOrder();
        if (json.ValueKind != JsonValueKind.Object)
            throw new EventFormatException(path.Length == 0 ? "event" : path.TrimEnd('.'), $"is {JsonKinds.Of(json)}; {what} is an object with {string.Join(", ", known.Select(f => f.Name))}");
        var seen = 0L;
        foreach (var property in json.EnumerateObject())
        {
            if (!names.TryGetValue(property.Name, out var field))
                throw new EventFormatException(
                    FieldNames.Quoted(path + property.Name).Trim('"'),
                    $"unknown field {FieldNames.Quoted(property.Name)}; {FieldNames.Advice(property.Name, what, [.. known.Select(f => f.Name)])}");
            if ((seen & 1L << field.Index) != 0)
                throw new EventFormatException(path + field.Name, "is there twice");
            seen |= 1L << field.Index;
            Set(message, field, property.Value, path + field.Name);
        }
    }

    private static void Set(IMessage message, FieldDescriptor field, JsonElement json, string path)
    {
        if (field.FieldType == FieldType.Message && !field.IsMap && field.MessageType == Timestamp.Descriptor)
            field.Accessor.SetValue(message, JsonTimes.Read(json, path));
        else if (json.ValueKind == JsonValueKind.Null)
            return;
        else if (field.IsMap)
            SetMap((IDictionary)field.Accessor.GetValue(message), field, json, path);
        else if (field.Accessor.GetValue(message) is RepeatedField<float> numbers)
            AddNumbers(numbers, json, path);
        else if (field.IsRepeated)
            foreach (var (i, element) in Elements(json, path).Index())
                ((IList)field.Accessor.GetValue(message)).Add(Text(element, $"{path}[{i}]"));
        else
            field.Accessor.SetValue(message, field.FieldType switch
            {
                FieldType.String => Text(json, path),
                FieldType.Float => Number(json, path),
                FieldType.Bool => Boolean(json, path),
                _ => throw new NotSupportedException($"{field.FullName} is of a type that is not read from JSON."),
            });
    }

    private static void SetMap(IDictionary map, FieldDescriptor field, JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new EventFormatException(path, $"is {JsonKinds.Of(json)}; an object is needed, such as {(field.Name == "features" ? "{\"image\": {\"values\": [0.1, 0.2]}}" : "{\"colour\": \"red\"}")}");
        var isVectors = field.MessageType.Fields.InFieldNumberOrder()[1].FieldType == FieldType.Message;
        foreach (var property in json.EnumerateObject())
        {
            var entry = $"{path}[{property.Name}]";
            if (map.Contains(property.Name))
                throw new EventFormatException(entry, "is there twice");
            map[property.Name] = isVectors ? Vector(property.Value, entry) : Text(property.Value, entry);
        }
    }

    private static FeatureVector Vector(JsonElement json, string path)
    {
        var vector = new FeatureVector();
        if (json.ValueKind == JsonValueKind.Array)
            AddNumbers(vector.Values, json, path);
        else
            Fill(vector, json, $"{path}.", "a vector, {\"values\": [0.1, 0.2]},");
        return vector;
    }

    private static void AddNumbers(RepeatedField<float> numbers, JsonElement json, string path)
    {
        numbers.Capacity = json.ValueKind == JsonValueKind.Array ? json.GetArrayLength() : 0;
        foreach (var (i, element) in Elements(json, path).Index())
            numbers.Add(element.ValueKind == JsonValueKind.Number ? (float)element.GetDouble() : Number(element, $"{path}[{i}]"));
    }

    private static JsonElement.ArrayEnumerator Elements(JsonElement json, string path) => json.ValueKind == JsonValueKind.Array
        ? json.EnumerateArray()
        : throw new EventFormatException(path, $"is {JsonKinds.Of(json)}; a list is needed, in brackets");

    private static string Text(JsonElement json, string path) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString()!,
        JsonValueKind.Number => throw new EventFormatException(path, $"is {JsonKinds.Of(json)}; a string is needed, in quotes: \"{json.GetRawText()}\""),
        _ => throw new EventFormatException(path, $"is {JsonKinds.Of(json)}; a string is needed"),
    };

    private static float Number(JsonElement json, string path) => json.ValueKind switch
    {
        JsonValueKind.Number => (float)json.GetDouble(),
        // As protobuf's JSON form allows.
        JsonValueKind.String when float.TryParse(json.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new EventFormatException(path, $"is {JsonKinds.Of(json)}; a number is needed"),
    };

    private static bool Boolean(JsonElement json, string path) => json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new EventFormatException(path, $"is {JsonKinds.Of(json)}; true or false is needed, without quotes"),
    };

    private static Dictionary<string, FieldDescriptor> NamesOf(MessageDescriptor message)
    {
        var names = new Dictionary<string, FieldDescriptor>(StringComparer.Ordinal);
        foreach (var field in message.Fields.InDeclarationOrder())
            (names[field.Name], names[field.JsonName]) = (field, field);
        return names;
    }
}
