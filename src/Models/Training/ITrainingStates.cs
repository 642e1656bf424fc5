namespace Rearm.Streaming.Models.Training;

/// <summary>Keeps a run's state after each epoch, so that a run that was killed goes on from there. A blend's run has a state for each of its models.</summary>
public interface ITrainingStates
{
    /// <summary>The state that an earlier process left of this very run; null: it begins.</summary>
    /// <param name="model">The model that is trained.</param>
    TrainingState? Load(string model);

    /// <summary>Keeps a state in place of the model's last one.</summary>
    void Save(string model, TrainingState state);
}
