using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rearm.Streaming.Models.Training;

/// <summary>Hyper-parameters in a file, as <c>rearm tune</c> writes them.</summary>
public sealed record PresetFile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The model that they are for.</summary>
    [JsonRequired]
    public required string Model { get; init; }

    /// <summary>By name, as in <see cref="ModelSettings.Parameters"/>; those that are missing are the model's defaults.</summary>
    [JsonRequired]
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>On what, and how, they were chosen; for people.</summary>
    public IReadOnlyDictionary<string, string> Chosen { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a file.</summary>
    /// <exception cref="ArgumentException">It can't be read, or is no such file; the message names it.</exception>
    public static PresetFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<PresetFile>(File.ReadAllBytes(path), Json) ?? throw new ArgumentException($"The preset file {path} is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"The preset file {path} can't be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The preset file {path} is not one as rearm tune writes it: {e.Message}", e);
        }
    }

    /// <summary>Writes a file, or replaces it as a whole: a Trainer may be about to read it.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(string path)
    {
        var partial = path + ".partial";
        File.WriteAllText(partial, JsonSerializer.Serialize(this, Json) + '\n');
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Settings with the file's hyper-parameters beneath those that are set already.</summary>
    /// <param name="settings">What is set by other means, which has the last word.</param>
    /// <param name="model">What they are wanted for: the file's model, or a blend with it.</param>
    /// <exception cref="ArgumentException">The file is for another model.</exception>
    public ModelSettings Beneath(ModelSettings settings, string model)
    {
        if (model != Model && !model.Split('+').Contains(Model))
            throw new ArgumentException($"The preset file is for the model {Model}, not for {model}.");
        var parameters = new Dictionary<string, string>(Parameters);
        foreach (var name in EpochSettings.SetIn(settings))
            parameters.Remove(name);
        foreach (var (name, value) in settings.Parameters)
            parameters[name] = value;
        return settings with { Parameters = parameters };
    }
}
