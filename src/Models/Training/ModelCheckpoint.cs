namespace Rearm.Streaming.Models.Training;

/// <summary>A model's parameters with the ids that their rows belong to, so that a later run can start from them.</summary>
/// <param name="UserIds">External id of each user.</param>
/// <param name="ItemIds">External id of each item.</param>
/// <param name="Parameters">The parameters.</param>
public sealed record ModelCheckpoint(string[] UserIds, string[] ItemIds, IReadOnlyList<NamedArray> Parameters)
{
    /// <summary>The optimizer's state, for those parameters that have taken a step.</summary>
    public IReadOnlyList<ParameterMoments> Moments { get; init; } = [];

    /// <summary>What it is of; null while only the run that made it will read it.</summary>
    public CheckpointDescription? Description { get; init; }

    /// <summary>Without some users' ids, each of which is replaced by one that nobody has.</summary>
    /// <param name="isOut">Whether an id is one of them.</param>
    public ModelCheckpoint WithoutUserIds(Func<string, bool> isOut) =>
        this with { UserIds = Array.ConvertAll(UserIds, id => isOut(id) ? $"\0{Guid.NewGuid():N}" : id) };
}
