namespace Rearm.Streaming.Models.Training;

/// <summary>Each epoch's batches. They depend on a seed and the epoch's number alone, so that a run can go on from any epoch.</summary>
/// <typeparam name="TBatch">What a step of training takes.</typeparam>
internal interface IBatchSampler<out TBatch>
{
    /// <summary>Batches in an epoch.</summary>
    int Batches { get; }

    /// <summary>Leaves out epochs that were trained before.</summary>
    void Skip(int epochs);

    /// <summary>The batches of the next epoch; a batch is valid until the next is asked for.</summary>
    IEnumerable<TBatch> Epoch();
}
