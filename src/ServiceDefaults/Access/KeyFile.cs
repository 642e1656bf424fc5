using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>
/// A JSON file of keys as a part of the configuration. It is read again when its content changes, however that comes about (secrets are often mounted in
/// ways that raise no event), and kept as it was while it can't be read.
/// </summary>
internal sealed class KeyFile(string path) : ConfigurationProvider, IConfigurationSource, IValidateOptions<AccessOptions>
{
    private string? _text;

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Why it could not be read the last time; null if it could.</summary>
    public string? Problem { get; private set; }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load() => TryRead();

    /// <summary>Reads it, and tells the configuration if it has changed.</summary>
    public void ReadIfChanged()
    {
        if (TryRead())
            OnReload();
    }

    /// <summary>At the start there are no keys from before that could stay, and those elsewhere are not all.</summary>
    public ValidateOptionsResult Validate(string? name, AccessOptions options) => Problem is not null && File.Exists(Path)
        ? ValidateOptionsResult.Fail($"{AccessOptions.Section}:{nameof(options.KeyFile)} is \"{path}\", which can't be read: {Problem}")
        : ValidateOptionsResult.Success;

    private bool TryRead()
    {
        var before = (_text, Problem);
        try
        {
            var text = File.ReadAllText(Path);
            if (text == _text)
                return false;
            _text = text;
            using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
            Data = new ConfigurationBuilder().AddJsonStream(stream).Build().AsEnumerable()
                .ToDictionary(s => s.Key, s => s.Value, StringComparer.OrdinalIgnoreCase);
            Problem = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException or System.Text.Json.JsonException)
        {
            Problem = e.InnerException?.Message ?? e.Message;
            // To be read in full once it can be, also if it is then as before.
            if (e is IOException or UnauthorizedAccessException)
                _text = null;
        }
        return before != (_text, Problem);
    }
}
