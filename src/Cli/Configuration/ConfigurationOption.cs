using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rearm.Streaming.Cli.Configuration;

/// <summary>One option, as its property describes it.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Default">Its default, as JSON.</param>
/// <param name="Allowed">The values that its annotations allow; empty if they say nothing.</param>
/// <param name="Summary">What it means.</param>
internal sealed record ConfigurationOption(string Name, string Default, string Allowed, string Summary)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ConfigurationOption Of(PropertyInfo property, object defaults, XmlDocumentation documentation) =>
        new(property.Name, JsonSerializer.Serialize(property.GetValue(defaults), Readable), AllowedBy(property), documentation.Summary(property));

    private static string AllowedBy(PropertyInfo property)
    {
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } values)
            return string.Join(" or ", values.Values.Select(value => JsonSerializer.Serialize(value, Readable)));
        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern)
            return pattern.Pattern;
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
            return "";
        return IsUnbounded(property.PropertyType, range.Maximum) ? $"{Text(range.Minimum)} or more" : $"{Text(range.Minimum)} to {Text(range.Maximum)}";
    }

    // Where the maximum is the type's own, it says nothing. RangeAttribute holds that of a long as a double.
    private static bool IsUnbounded(Type type, object maximum) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(long)
        ? maximum is (double)long.MaxValue
        : maximum is int.MaxValue;

    // Small doubles without an exponent.
    private static string Text(object value) =>
        value is double number ? number.ToString("0.################", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
