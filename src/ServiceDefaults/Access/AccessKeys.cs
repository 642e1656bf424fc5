using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>
/// The keys that the configuration has now. A change that can't be used, or that would leave none, is logged and changes nothing: a damaged file must
/// not open the door.
/// </summary>
internal sealed partial class AccessKeys : IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly KeyFile? _file;
    private readonly ILogger<AccessKeys> _logger;
    private readonly Lock _reading = new();
    private readonly IDisposable _changes;
    private volatile AccessKey[] _keys;

    public AccessKeys(IConfiguration configuration, IOptions<AccessOptions> atStart, AccessMetrics metrics, ILogger<AccessKeys> logger, KeyFile? file = null)
    {
        (_configuration, Metrics, _logger, _file) = (configuration, metrics, logger, file);
        _keys = [.. atStart.Value.Keys.Select(k => new AccessKey(k.Key, k.Value))];
        // Not the options' monitor: it throws where the change is noticed when the new options are not valid.
        _changes = ChangeToken.OnChange(configuration.GetReloadToken, ReadAgain);
    }

    /// <summary>Whether callers need a key.</summary>
    public bool IsOn => _keys.Length > 0;

    /// <summary>Counts who is refused.</summary>
    public AccessMetrics Metrics { get; }

    /// <summary>The key of a hash; null if there is none. Takes as long for any.</summary>
    public AccessKey? Find(ReadOnlySpan<byte> hash)
    {
        AccessKey? found = null;
        foreach (var key in _keys)
            if (CryptographicOperations.FixedTimeEquals(key.Hash, hash))
                found = key;
        return found;
    }

    public void Dispose()
    {
        _changes.Dispose();
        foreach (var key in _keys)
            key.Dispose();
    }

    private void ReadAgain()
    {
        lock (_reading)
        {
            if (_file?.Problem is { } problem)
            {
                LogUnusable($"{_file.Path}: {problem}");
                return;
            }
            var options = new AccessOptions();
            try
            {
                AccessSetup.Bind(_configuration, options);
                Validator.ValidateObject(options, new(options), validateAllProperties: true);
            }
            catch (Exception e) when (e is InvalidOperationException or ValidationException)
            {
                LogUnusable(e.InnerException?.Message ?? e.Message);
                return;
            }
            if (options.Keys.Count == 0)
            {
                if (IsOn)
                    LogUnusable("There would be no key left, and so no need for one. To do without keys, restart.");
                return;
            }
            var (before, names) = (_keys.ToDictionary(key => key.Name), string.Join(", ", options.Keys.Keys));
            if (before.Count == options.Keys.Count && options.Keys.All(k => before.TryGetValue(k.Key, out var old) && old.Is(k.Value)))
                return;
            _keys = [.. options.Keys.Select(k => before.TryGetValue(k.Key, out var old) && old.Is(k.Value) ? old : new AccessKey(k.Key, k.Value))];
            LogChanged(names);
        }
    }

    [LoggerMessage(121, LogLevel.Information, "API keys are now those of {Names}")]
    private partial void LogChanged(string names);

    [LoggerMessage(122, LogLevel.Error, "The API keys stay as they are, because the changed ones can't be used: {Reason}")]
    private partial void LogUnusable(string reason);
}
