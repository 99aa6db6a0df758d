/// What a notebook cell imports: tensors, tables, charts, tracking, and the display of values.
///
/// ```swift
/// import Martlet
///
/// let x: Tensor<Float> = [[1, 2], [3, 4]]
/// display(x)
/// display(markdown: "The mean is **\(x.mean().item())**.")
/// ```
///
/// The same library serves steps and jobs, where no notebook is attached: there `display` prints
/// the plain text of what it is given.
@_exported public import Gradients
@_exported public import NeuralNetworks
@_exported public import JSONValues
@_exported public import Plots
@_exported public import Tables
@_exported public import Tensors
@_exported public import Tracking
