namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>Marks an endpoint that needs no key: health, reflection, metrics.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class OpenCallAttribute : Attribute;
