// Products of matrices and vectors; the left matrix may be sparse.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The product of two matrices.</summary>
    public static Tensor mm(Tensor input, Tensor mat2) => input.mm(mat2);
    /// <summary>The product of matrices or vectors; leading dimensions are broadcast.</summary>
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);
    /// <summary>The products of two batches of matrices.</summary>
    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);
    /// <summary>beta input + alpha mat1 mat2.</summary>
    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmm(mat1, mat2, beta, alpha);
    /// <summary>The inner product of two vectors.</summary>
    public static Tensor dot(Tensor input, Tensor other) => input.dot(other);
    /// <summary>The outer product of two vectors.</summary>
    public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);
    /// <summary>A sum of products in Einstein's notation, such as "ij,jk->ik".</summary>
    public static Tensor einsum(string equation, params Tensor[] tensors) => Aten.Call("einsum", equation, Arg.List(tensors));

    public partial class Tensor
    {
        /// <summary>The product of two matrices.</summary>
        public Tensor mm(Tensor mat2) => Aten.Call("mm", this, mat2);
        /// <summary>The product of matrices or vectors; leading dimensions are broadcast.</summary>
        public Tensor matmul(Tensor target) => Aten.Call("matmul", this, target);
        /// <summary>The products of two batches of matrices.</summary>
        public Tensor bmm(Tensor batch2) => Aten.Call("bmm", this, batch2);
        /// <summary>The product of a matrix and a vector.</summary>
        public Tensor mv(Tensor target) => Aten.Call("mv", this, target);
        /// <summary>beta this + alpha mat1 mat2.</summary>
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta, float alpha)
            => Aten.Call("addmm", this, mat1, mat2, (double)beta, (double)alpha);
        /// <summary>The inner product of two vectors.</summary>
        public Tensor dot(Tensor target) => Aten.Call("dot", this, target);
        /// <summary>The outer product of two vectors.</summary>
        public Tensor outer(Tensor vec2) => Aten.Call("outer", this, vec2);
        /// <summary>A matrix's lower triangle.</summary>
        public Tensor tril(long diagonal = 0) => Aten.Call("tril", this, diagonal);
        /// <summary>A matrix's upper triangle.</summary>
        public Tensor triu(long diagonal = 0) => Aten.Call("triu", this, diagonal);
    }
}
