using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Rearm.Streaming.Models.Training;

/// <summary>A model's hyper-parameters by name: the properties of its record, written as learning_rate, and checked by their annotations.</summary>
internal static class HyperParameters
{
    // Not a comma, which separates parameters.
    private const char Plus = '+';

    /// <summary>The names.</summary>
    internal static IReadOnlyList<string> Names<T>() => [.. typeof(T).GetProperties().Select(NameOf)];

    /// <summary>A copy of <paramref name="defaults"/> with some of them replaced.</summary>
    /// <exception cref="ArgumentException">A name is unknown, or a value is no number or out of range.</exception>
    internal static T With<T>(T defaults, IReadOnlyDictionary<string, string> values) where T : class, new()
    {
        var copy = new T();
        foreach (var property in typeof(T).GetProperties())
            property.SetValue(copy, property.GetValue(defaults));
        foreach (var (name, text) in values)
        {
            var property = typeof(T).GetProperties().FirstOrDefault(p => NameOf(p) == name)
                ?? throw new ArgumentException($"There is no hyper-parameter \"{name}\"; there are {string.Join(", ", Names<T>())}.");
            property.SetValue(copy, Parse(name, text, property.PropertyType));
        }
        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(copy, new(copy), errors, validateAllProperties: true))
        {
            var wrong = typeof(T).GetProperty(errors[0].MemberNames.First())!;
            var range = wrong.GetCustomAttribute<RangeAttribute>()!;
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"The hyper-parameter {NameOf(wrong)} is {wrong.GetValue(copy)}; a number from {range.Minimum} to {range.Maximum} is needed."));
        }
        return copy;
    }

    /// <summary>All of them as text.</summary>
    internal static IReadOnlyDictionary<string, string> Describe<T>(T parameters) =>
        typeof(T).GetProperties().ToDictionary(NameOf, p => Text(p.GetValue(parameters)));

    // A text that can be given again.
    private static string Text(object? value) => value is Enum choice
        ? string.Join(Plus, choice.ToString().Split(", ").Select(ChoiceName))
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>A hyper-parameter's name, by that of its property.</summary>
    internal static string NameOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    private static string NameOf(PropertyInfo property) => NameOf(property.Name);

    private static object Parse(string name, string text, Type type)
    {
        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole;
        // NaN is in no range, but the annotation's comparison lets it pass.
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return number;
        if (type == typeof(bool) && bool.TryParse(text, out var flag))
            return flag;
        if (type.IsEnum && Choices(text, type) is { } choice)
            return choice;
        var needed = type == typeof(int) ? "a whole number" : type == typeof(double) ? "a number" : type == typeof(bool) ? "true or false"
            : $"one of {string.Join(", ", Enum.GetNames(type).Select(ChoiceName))}{(HasFlags(type) ? $", or several with a {Plus} between," : "")}";
        throw new ArgumentException($"The hyper-parameter {name} is \"{text}\"; {needed} is needed.");
    }

    private static bool HasFlags(Type type) => type.IsDefined(typeof(FlagsAttribute), inherit: false);

    /// <summary>A choice by its name, or flags by theirs, as user_graph+meta; null if one is unknown.</summary>
    private static object? Choices(string text, Type type)
    {
        var names = Enum.GetNames(type);
        var flags = 0;
        foreach (var part in HasFlags(type) ? text.Split(Plus, StringSplitOptions.TrimEntries) : [text])
            if (Array.Find(names, name => ChoiceName(name).Equals(part, StringComparison.OrdinalIgnoreCase)) is { } name)
                flags |= (int)Enum.Parse(type, name);
            else
                return null;
        return Enum.ToObject(type, flags);
    }

    private static string ChoiceName(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
