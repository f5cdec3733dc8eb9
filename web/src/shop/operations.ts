// Made by `npm run operations -w web` from the `.graphql` files and the schema; not edited by hand.
// biome-ignore-all format: generated
import type { Operation } from '../client/operation.ts';
import type { CreateOrderInput, Language, OrderStatus, PricingStage } from '../client/schema.ts';
import type { OrderCard, PriceDetails } from '../order/operations.ts';

export type MyOrdersData = {
  orders: {
    nodes: (OrderCard & {
      price: {
        id: string;
        totalMinor: number;
        currency: string;
      } | null;
      pricing: {
        stage: PricingStage;
        progress: number;
      };
    })[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  };
};

export type MyOrdersVariables = {
  first: number;
  after?: string | null;
};

export const MyOrders: Operation<MyOrdersData, MyOrdersVariables> = {
  kind: 'query',
  name: 'MyOrders',
  text: `query MyOrders($first: Int!, $after: String) {
  orders(first: $first, after: $after) {
    nodes {
      ...OrderCard
      price {
        id
        totalMinor
        currency
      }
      pricing {
        stage
        progress
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment OrderCard on Order {
  id
  number
  status
  version
  channel
  quantity
  alloy
  finish
  createdAt
  promisedAt
  model {
    id
    filename
  }
}`,
};

export type MyOrdersMovedData = {
  myOrders: {
    to: OrderStatus;
    version: number;
    order: {
      id: string;
      status: OrderStatus;
      version: number;
    };
  };
};

export type MyOrdersMovedVariables = Record<string, never>;

export const MyOrdersMoved: Operation<MyOrdersMovedData, MyOrdersMovedVariables> = {
  kind: 'subscription',
  name: 'MyOrdersMoved',
  text: `subscription MyOrdersMoved {
  myOrders {
    to
    version
    order {
      id
      status
      version
    }
  }
}`,
};

export type PriceOnItsWayData = {
  orderPrice: {
    stage: PricingStage;
    progress: number;
    revision: number;
    order: {
      id: string;
      status: OrderStatus;
      version: number;
      pricing: {
        queuePosition: number | null;
        etaSeconds: number | null;
        reason: string | null;
      };
    };
    price: PriceDetails | null;
  };
};

export type PriceOnItsWayVariables = {
  orderId: string;
  language: Language;
};

export const PriceOnItsWay: Operation<PriceOnItsWayData, PriceOnItsWayVariables> = {
  kind: 'subscription',
  name: 'PriceOnItsWay',
  text: `subscription PriceOnItsWay($orderId: ID!, $language: Language!) {
  orderPrice(orderId: $orderId) {
    stage
    progress
    revision
    order {
      id
      status
      version
      pricing {
        queuePosition
        etaSeconds
        reason(language: $language)
      }
    }
    price {
      ...PriceDetails
    }
  }
}

fragment PriceDetails on Price {
  id
  currency
  quantity
  unitMinor
  totalMinor
  vatMinor
  estimate {
    lowestMinor
    highestMinor
  }
  tariffVersion
  calculatedAt
  lines {
    code
    label(language: $language)
    explanation(language: $language)
    amountMinor
  }
  geometry {
    triangles
    volumeMm3
    areaMm2
    boundingBoxMm
    watertight
    shells
    minWallMm
    wallLimitMm
    thinAreaShare
  }
  print {
    heightMm
    layers
    seconds
  }
  metal {
    alloy
    castGrams
    finishedGrams
  }
  manufacturability {
    code
    severity
    message(language: $language)
  }
}`,
};

export type CreateModelUploadData = {
  result: ({
    __typename: 'ModelUpload';
    uploadUrl: string;
    model: {
      id: string;
    };
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type CreateModelUploadVariables = {
  filename: string;
  bytes: number;
};

export const CreateModelUpload: Operation<CreateModelUploadData, CreateModelUploadVariables> = {
  kind: 'mutation',
  name: 'CreateModelUpload',
  text: `mutation CreateModelUpload($filename: String!, $bytes: Int!) {
  result: createModelUpload(filename: $filename, bytes: $bytes) {
    __typename
    ... on ModelUpload {
      uploadUrl
      model {
        id
      }
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type CreateOrderData = {
  result: ({
    __typename: 'Order';
    id: string;
    number: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type CreateOrderVariables = {
  input: CreateOrderInput;
};

export const CreateOrder: Operation<CreateOrderData, CreateOrderVariables> = {
  kind: 'mutation',
  name: 'CreateOrder',
  text: `mutation CreateOrder($input: CreateOrderInput!) {
  result: createOrder(input: $input) {
    __typename
    ... on Order {
      id
      number
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type SubmitOrderData = {
  result: ({
    __typename: 'Order';
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type SubmitOrderVariables = {
  id: string;
};

export const SubmitOrder: Operation<SubmitOrderData, SubmitOrderVariables> = {
  kind: 'mutation',
  name: 'SubmitOrder',
  text: `mutation SubmitOrder($id: ID!) {
  result: submitOrder(id: $id) {
    __typename
    ... on Order {
      id
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type AcceptPriceData = {
  result: ({
    __typename: 'Order';
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type AcceptPriceVariables = {
  id: string;
};

export const AcceptPrice: Operation<AcceptPriceData, AcceptPriceVariables> = {
  kind: 'mutation',
  name: 'AcceptPrice',
  text: `mutation AcceptPrice($id: ID!) {
  result: acceptPrice(id: $id) {
    __typename
    ... on Order {
      id
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};

export type RejectPriceData = {
  result: ({
    __typename: 'Order';
    id: string;
    status: OrderStatus;
    version: number;
  }) | ({
    __typename: 'Refusal';
    code: string;
    message: string;
  });
};

export type RejectPriceVariables = {
  id: string;
  reason?: string | null;
};

export const RejectPrice: Operation<RejectPriceData, RejectPriceVariables> = {
  kind: 'mutation',
  name: 'RejectPrice',
  text: `mutation RejectPrice($id: ID!, $reason: String) {
  result: rejectPrice(id: $id, reason: $reason) {
    __typename
    ... on Order {
      id
      status
      version
    }
    ... on Refusal {
      code
      message
    }
  }
}`,
};
