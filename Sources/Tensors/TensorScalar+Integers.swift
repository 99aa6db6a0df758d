// Integers as elements: sums are 64 bits wide, as in NumPy, and means are `Double`.

extension Int8: IntegerTensorScalar {
  /// The sum of `Int8` elements is an `Int`.
  public typealias Sum = Int
  /// The mean of `Int8` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.int8`.
  public static var dataType: DataType { .int8 }
}

extension Int16: IntegerTensorScalar {
  /// The sum of `Int16` elements is an `Int`.
  public typealias Sum = Int
  /// The mean of `Int16` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.int16`.
  public static var dataType: DataType { .int16 }
}

extension Int32: IntegerTensorScalar {
  /// The sum of `Int32` elements is an `Int`.
  public typealias Sum = Int
  /// The mean of `Int32` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.int32`.
  public static var dataType: DataType { .int32 }
}

extension Int: IntegerTensorScalar {
  /// The sum of `Int` elements is an `Int`.
  public typealias Sum = Int
  /// The mean of `Int` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.int64`.
  public static var dataType: DataType { .int64 }
}

extension Int64: IntegerTensorScalar {
  /// The sum of `Int64` elements is an `Int64`.
  public typealias Sum = Int64
  /// The mean of `Int64` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.int64`.
  public static var dataType: DataType { .int64 }
}

extension UInt8: IntegerTensorScalar {
  /// The sum of `UInt8` elements is a `UInt64`.
  public typealias Sum = UInt64
  /// The mean of `UInt8` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.uint8`.
  public static var dataType: DataType { .uint8 }
}

extension UInt16: IntegerTensorScalar {
  /// The sum of `UInt16` elements is a `UInt64`.
  public typealias Sum = UInt64
  /// The mean of `UInt16` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.uint16`.
  public static var dataType: DataType { .uint16 }
}

extension UInt32: IntegerTensorScalar {
  /// The sum of `UInt32` elements is a `UInt64`.
  public typealias Sum = UInt64
  /// The mean of `UInt32` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.uint32`.
  public static var dataType: DataType { .uint32 }
}

extension UInt64: IntegerTensorScalar {
  /// The sum of `UInt64` elements is a `UInt64`.
  public typealias Sum = UInt64
  /// The mean of `UInt64` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.uint64`.
  public static var dataType: DataType { .uint64 }
}

extension UInt: IntegerTensorScalar {
  /// The sum of `UInt` elements is a `UInt`.
  public typealias Sum = UInt
  /// The mean of `UInt` elements is a `Double`.
  public typealias Mean = Double
  /// The element type's run-time name, `.uint64`.
  public static var dataType: DataType { .uint64 }
}
