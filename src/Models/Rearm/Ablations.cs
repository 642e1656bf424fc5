namespace Rearm.Streaming.Models.Rearm;

/// <summary>Parts of REARM that can be left out, as in the paper's ablation study.</summary>
[Flags]
public enum Ablations
{
    /// <summary>The whole model.</summary>
    None = 0,
    /// <summary>No user-user graph.</summary>
    UserGraph = 1,
    /// <summary>No item-item graph.</summary>
    ItemGraph = 2,
    /// <summary>No co-occurrence in the homogeneous graphs.</summary>
    Cooccurrence = 4,
    /// <summary>No similarity (semantic, interest) in the homogeneous graphs.</summary>
    Similarity = 8,
    /// <summary>No homogeneous graph at all.</summary>
    Homogeneous = UserGraph | ItemGraph,
    /// <summary>No modal-shared meta network: the representation is the modal-unique parts alone.</summary>
    Meta = 16,
    /// <summary>No orthogonality loss.</summary>
    Orthogonality = 32,
    /// <summary>No refinement: neither contrast nor orthogonality loss.</summary>
    Refinement = 64,
}
