namespace Rearm.Streaming.Models.Evaluation;

/// <summary>Fills in every item's score for each user, users x items, row-major.</summary>
public delegate void ScoreUsers(ReadOnlySpan<int> users, Span<float> scores);
