using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Sea;

/// <summary>Names of parameters whose rows belong to users, as a warm start must know.</summary>
internal static class SeaNames
{
    internal const string Users = "users";
    internal const string UserWeights = "user_weights";

    internal static ParameterRows RowsOf(string name) =>
        name == UserWeights || name.EndsWith($".{Users}", StringComparison.Ordinal) ? ParameterRows.Users : ParameterRows.Shared;
}
