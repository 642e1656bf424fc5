namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>An attribute of an item, as the shop sent it.</summary>
internal readonly record struct ItemAttribute(string Name, string Value);
