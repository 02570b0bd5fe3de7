namespace Ambianic.OnnxImport.Tflite;

/// <summary>The operators of TensorFlow Lite by their number, as in its schema (<c>BuiltinOperator</c>).</summary>
internal enum TfliteOperatorCode
{
    ADD, AVERAGE_POOL_2D, CONCATENATION, CONV_2D, DEPTHWISE_CONV_2D, DEPTH_TO_SPACE, DEQUANTIZE, EMBEDDING_LOOKUP, FLOOR,
    FULLY_CONNECTED, HASHTABLE_LOOKUP, L2_NORMALIZATION, L2_POOL_2D, LOCAL_RESPONSE_NORMALIZATION, LOGISTIC, LSH_PROJECTION,
    LSTM, MAX_POOL_2D, MUL, RELU, RELU_N1_TO_1, RELU6, RESHAPE, RESIZE_BILINEAR, RNN, SOFTMAX, SPACE_TO_DEPTH, SVDF, TANH,
    CONCAT_EMBEDDINGS, SKIP_GRAM, CALL, CUSTOM, EMBEDDING_LOOKUP_SPARSE, PAD, UNIDIRECTIONAL_SEQUENCE_RNN, GATHER,
    BATCH_TO_SPACE_ND, SPACE_TO_BATCH_ND, TRANSPOSE, MEAN, SUB, DIV, SQUEEZE, UNIDIRECTIONAL_SEQUENCE_LSTM, STRIDED_SLICE,
    BIDIRECTIONAL_SEQUENCE_RNN, EXP, TOPK_V2, SPLIT, LOG_SOFTMAX, DELEGATE, BIDIRECTIONAL_SEQUENCE_LSTM, CAST, PRELU, MAXIMUM,
    ARG_MAX, MINIMUM, LESS, NEG, PADV2, GREATER, GREATER_EQUAL, LESS_EQUAL, SELECT, SLICE, SIN, TRANSPOSE_CONV,
    SPARSE_TO_DENSE, TILE, EXPAND_DIMS, EQUAL, NOT_EQUAL, LOG, SUM, SQRT, RSQRT, SHAPE, POW, ARG_MIN, FAKE_QUANT, REDUCE_PROD,
    REDUCE_MAX, PACK, LOGICAL_OR, ONE_HOT, LOGICAL_AND, LOGICAL_NOT, UNPACK, REDUCE_MIN, FLOOR_DIV, REDUCE_ANY, SQUARE,
    ZEROS_LIKE, FILL, FLOOR_MOD, RANGE, RESIZE_NEAREST_NEIGHBOR, LEAKY_RELU, SQUARED_DIFFERENCE, MIRROR_PAD, ABS, SPLIT_V,
    UNIQUE, CEIL, REVERSE_V2, ADD_N, GATHER_ND, COS, WHERE, RANK, ELU, REVERSE_SEQUENCE, MATRIX_DIAG, QUANTIZE,
    MATRIX_SET_DIAG, ROUND, HARD_SWISH, IF, WHILE, NON_MAX_SUPPRESSION_V4, NON_MAX_SUPPRESSION_V5, SCATTER_ND, SELECT_V2,
    DENSIFY, SEGMENT_SUM, BATCH_MATMUL, PLACEHOLDER_FOR_GREATER_OP_CODES, CUMSUM, CALL_ONCE, BROADCAST_TO, RFFT2D, CONV_3D,
    IMAG, REAL, COMPLEX_ABS, HASHTABLE, HASHTABLE_FIND, HASHTABLE_IMPORT, HASHTABLE_SIZE, REDUCE_ALL, CONV_3D_TRANSPOSE,
    VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE, BROADCAST_ARGS, RANDOM_STANDARD_NORMAL, BUCKETIZE, RANDOM_UNIFORM,
    MULTINOMIAL, GELU,
}

/// <summary>An operator as written in the file.</summary>
/// <param name="Index">Place in the file, from 0.</param>
/// <param name="Code">Which one.</param>
/// <param name="Custom">Name of an operator that is not TensorFlow Lite's own; else empty.</param>
/// <param name="Version">Of the operator, from 1.</param>
/// <param name="Inputs">Indices of tensors; -1 is left out.</param>
/// <param name="Outputs">Indices of tensors.</param>
/// <param name="Options">Table of options; which fields it has depends on the operator.</param>
/// <param name="CustomOptions">Options of a custom operator, as a FlexBuffer.</param>
internal sealed record TfliteOperator(
    int Index,
    TfliteOperatorCode Code,
    string Custom,
    int Version,
    IReadOnlyList<int> Inputs,
    IReadOnlyList<int> Outputs,
    FlatTable? Options,
    ReadOnlyMemory<byte> CustomOptions)
{
    /// <summary>Its name, for people.</summary>
    public string Name => Code == TfliteOperatorCode.CUSTOM ? Custom : Code.ToString();
}
