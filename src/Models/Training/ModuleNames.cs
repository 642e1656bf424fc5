namespace Rearm.Streaming.Models.Training;

/// <summary>Names of modules and parameters that a modality has of its own.</summary>
internal static class ModuleNames
{
    // Torch does not allow dots in module names; a modality's name may have some.
    internal static string Of(string part, string modality) => $"{part}:{modality.Replace('.', ':')}";
}
