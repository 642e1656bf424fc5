namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>Marks an endpoint, or the method of a gRPC service, that needs an operator's key where keys are asked for.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class OperatorCallAttribute : Attribute;
