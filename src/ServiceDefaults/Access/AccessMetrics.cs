using System.Diagnostics.Metrics;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>Calls refused at the door (meter "Rearm.Streaming.Access").</summary>
internal sealed class AccessMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _refusals = meters.Create("Rearm.Streaming.Access").CreateCounter<long>(
        "rearm.access.refusals", "{call}", "Calls refused, by reason: no_key, unknown_key, not_operator or limit; and by the name of the caller's key where it is known.");

    public void NoKey() => Add("no_key", "");

    public void UnknownKey() => Add("unknown_key", "");

    public void NotOperator(string caller) => Add("not_operator", caller);

    public void Limit(string caller) => Add("limit", caller);

    private void Add(string reason, string caller) => _refusals.Add(1, new("reason", reason), new KeyValuePair<string, object?>("caller", caller));
}
