using System.Reflection;

namespace TorchSharp.Utils;

/// <summary>Gives a field of a module another name in its state.</summary>
[AttributeUsage(AttributeTargets.Field)]
public class ComponentNameAttribute : Attribute
{
    /// <summary>The name in the state.</summary>
    public string? Name { get; set; }

    internal static string NameOf(FieldInfo field) => field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
}
